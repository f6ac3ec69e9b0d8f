import { toVersion, type Version } from '@nexus/core'
import { buildDocument } from '@nexus/core/document'
import type { Db } from '@nexus/core/sql'
import { withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { ADA, BOB, createStage, type Stage, type StagePanel } from '../testkit/stage.ts'

const database = withTestDatabase()
const DAYS = { free: 30, pro: 365, enterprise: 0 }

/** Makes a history look as if it had been written, a second a version, this many days ago. */
async function age(db: Db, { document }: StagePanel, days: number, upTo = 1e9): Promise<void> {
  await sql`
    update state_history set occurred_at = now() - make_interval(days => ${days}) + version * interval '1 second'
    where document = ${document} and version <= ${upTo}
  `.execute(db)
}

async function rowsOf({ db }: Stage, { document }: StagePanel): Promise<[number, number][]> {
  const rows = await db
    .selectFrom('state_history')
    .select(['first_version', 'version'])
    .where('document', '=', document)
    .orderBy('version')
    .execute()
  return rows.map(({ first_version, version }) => [first_version ?? version, version])
}

async function stateAt({ log }: Stage, { document }: StagePanel, version?: Version) {
  const record = await log.read(document, version)
  if (record === null) return null
  const doc = buildDocument(record)
  return { version: record.version, state: doc.getMap('state').toJSON() }
}

async function sizesOf({ db }: Stage, { document }: StagePanel) {
  const { rows } = await sql<{ log: number; rows: number; tail: number; tailRows: number }>`
    select p.log_bytes as log, p.tail_bytes as tail,
      (select sum(octet_length(update_data))::bigint from state_history where document = p.document) as rows,
      (select coalesce(sum(octet_length(update_data)), 0)::bigint from state_history
        where document = p.document and version > p.checkpoint_version) as "tailRows"
    from panel_states p where document = ${document}
  `.execute(db)
  return rows[0]
}

const number = (n: number) => (state: { set(key: string, value: unknown): unknown }) => void state.set('n', n)

/** Ada's edits 2 to 5, Bob's 6 to 9, Ada's 10; each sets `n` to its version. */
async function somePanel(stage: Stage): Promise<StagePanel> {
  const panel = await stage.addPanel({ name: 'Plan', state: { n: 1 } })
  for (let version = 2; version <= 10; version += 1)
    await stage.edit(panel, version < 6 || version === 10 ? ADA : BOB, number(version))
  return panel
}

const thin = async (stage: Stage, fullHistoryDays = DAYS) =>
  (await stage.worker({ options: { fullHistoryDays } })).thinHistory()

const setPlan = (plan: 'free' | 'pro' | 'enterprise') =>
  database.db.updateTable('users').set({ plan }).where('id', '=', ADA).execute()

describe('old history', () => {
  test('[THIN2] becomes coarser; what remains, the newest above all, reads as before', async () => {
    const stage = await createStage(database.db)
    const panel = await somePanel(stage)
    await age(stage.db, panel, 40)
    await thin(stage)
    expect(await rowsOf(stage, panel)).toEqual([
      [1, 1],
      [2, 5],
      [6, 9],
      [10, 10],
    ])
    for (const version of [1, 5, 9, 10])
      expect(await stateAt(stage, panel, toVersion(version))).toEqual({ version, state: { n: version } })
    expect(await stateAt(stage, panel)).toEqual({ version: 10, state: { n: 10 } })
  })

  test('[THIN2] a version that has become part of another is not read as something else', async () => {
    const stage = await createStage(database.db)
    const panel = await somePanel(stage)
    await age(stage.db, panel, 40)
    await thin(stage)
    expect(await stateAt(stage, panel, toVersion(3))).toBeNull()
    const [range] = await stage.log.readTail(panel.document, { after: toVersion(3), limit: 1 })
    expect(range).toMatchObject({ firstVersion: 2, version: 5, userId: ADA, triggeredBy: 'user' })
  })

  test('[THIN2] goes on growing, and is thinned again from where it was', async () => {
    const stage = await createStage(database.db)
    const panel = await somePanel(stage)
    await age(stage.db, panel, 80)
    await thin(stage)
    for (let version = 11; version <= 14; version += 1) await stage.edit(panel, BOB, number(version))
    await sql`
      update state_history set occurred_at = now() - interval '40 days' + version * interval '1 second'
      where document = ${panel.document} and version > 10
    `.execute(stage.db)
    expect(await rowsOf(stage, panel)).toHaveLength(8)
    await thin(stage)
    expect((await rowsOf(stage, panel)).slice(3)).toEqual([
      [10, 10],
      [11, 14],
    ])
    expect(await stateAt(stage, panel)).toEqual({ version: 14, state: { n: 14 } })
    expect(await stateAt(stage, panel, toVersion(9))).toEqual({ version: 9, state: { n: 9 } })
  })

  test('[THIN3] keeps the versions that a snapshot names', async () => {
    const stage = await createStage(database.db)
    const panel = await somePanel(stage)
    const id = await stage.request()
    await sql`
      update state_snapshots set manifest = ${JSON.stringify({ [panel.id]: 4 })}::jsonb, state = 'created',
        created_at = now() - interval '40 days', completed_at = now() - interval '40 days' + interval '1 minute'
      where id = ${id}
    `.execute(stage.db)
    await age(stage.db, panel, 40)
    await thin(stage)
    expect(await rowsOf(stage, panel)).toEqual([
      [1, 1],
      [2, 4],
      [5, 5],
      [6, 9],
      [10, 10],
    ])
  })

  test('[THIN3] keeps the versions that a commit names, however long after them it was made', async () => {
    const stage = await createStage(database.db)
    const panel = await stage.addPanel({ name: 'Plan', state: { n: 1 } })
    const worker = await stage.worker({ options: { fullHistoryDays: DAYS } })
    for (let version = 2; version <= 9; version += 1) {
      await stage.edit(panel, ADA, number(version))
      if (version % 4 === 0) await worker.commitChanged()
    }
    await worker.commitChanged()
    await age(stage.db, panel, 40)
    await sql`
      update workspace_commits set committed_at = now() - interval '40 days' + number * interval '3 days'
      where workspace_id = ${stage.workspaceId}
    `.execute(stage.db)
    await stage.db.deleteFrom('state_snapshots').where('workspace_id', '=', stage.workspaceId).execute()
    await worker.thinHistory()
    expect(await rowsOf(stage, panel)).toEqual([
      [1, 1],
      [2, 4],
      [5, 8],
      [9, 9],
    ])
  })

  test('[THIN3] keeps the versions of the last commit, when it is made meanwhile', async () => {
    const stage = await createStage(database.db)
    const panel = await stage.addPanel({ name: 'Plan', state: { n: 1 } })
    for (let version = 2; version <= 4; version += 1) await stage.edit(panel, ADA, number(version))
    const worker = await stage.worker({ options: { fullHistoryDays: DAYS } })
    await worker.commitChanged()
    for (let version = 5; version <= 8; version += 1) await stage.edit(panel, ADA, number(version))
    await age(stage.db, panel, 40)
    await worker.thinHistory()
    expect(await rowsOf(stage, panel)).toEqual([
      [1, 1],
      [2, 4],
      [5, 8],
    ])
  })

  test('[THIN4] is what is older than the plan of the workspace’s owner says; 0 days: nothing ever is', async () => {
    const stage = await createStage(database.db)
    const panel = await somePanel(stage)
    await age(stage.db, panel, 29)
    await thin(stage)
    expect(await rowsOf(stage, panel)).toHaveLength(10)
    await age(stage.db, panel, 400)
    await setPlan('enterprise')
    await thin(stage)
    expect(await rowsOf(stage, panel)).toHaveLength(10)
    await setPlan('pro')
    await age(stage.db, panel, 100)
    await thin(stage)
    expect(await rowsOf(stage, panel)).toHaveLength(10)
    await setPlan('free')
    await age(stage.db, panel, 10)
    await age(stage.db, panel, 40, 4)
    await thin(stage)
    expect(await rowsOf(stage, panel)).toEqual([[1, 1], [2, 4], ...[5, 6, 7, 8, 9, 10].map((n) => [n, n])])
  })

  test('[THIN5] sizes stay right, and opening reads a checkpoint and what follows it as before', async () => {
    const stage = await createStage(database.db)
    const panel = await somePanel(stage)
    await age(stage.db, panel, 40)
    await age(stage.db, panel, 1)
    await age(stage.db, panel, 40, 8)
    const before = await sizesOf(stage, panel)
    await thin(stage)
    const after = await sizesOf(stage, panel)
    expect(after?.log).toBe(after?.rows)
    expect(after?.tail).toBe(after?.tailRows)
    expect(after?.log).toBeLessThan(before?.log ?? 0)
    const record = await stage.log.read(panel.document)
    expect(record?.checkpoint?.version).toBe(8)
    expect(record?.tail.map(({ version }) => version)).toEqual([9, 10])
  })

  test('[THIN6] thinned by several at once, while it is written to, loses nothing', async () => {
    const stage = await createStage(database.db)
    const panels = await Promise.all([1, 2, 3].map(() => somePanel(stage)))
    for (const panel of panels) await age(stage.db, panel, 40)
    const workers = await Promise.all(
      [1, 2, 3].map(() => stage.worker({ options: { fullHistoryDays: DAYS } })),
    )
    const writing = panels.map(async (panel) => {
      for (let version = 11; version <= 30; version += 1) await stage.edit(panel, BOB, number(version))
    })
    await Promise.all([...writing, ...workers.map((worker) => worker.thinHistory())])
    for (const panel of panels) {
      expect((await rowsOf(stage, panel)).slice(0, 4)).toEqual([
        [1, 1],
        [2, 5],
        [6, 9],
        [10, 10],
      ])
      expect(await stateAt(stage, panel)).toEqual({ version: 30, state: { n: 30 } })
      const sizes = await sizesOf(stage, panel)
      expect(sizes?.log).toBe(sizes?.rows)
    }
  })
})
