import { parseSnapshotId, type WorkspaceId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { invite, type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const HASH = '0123456789abcdef0123456789abcdef01234567'

/** Does to the rows what the snapshot worker does. */
async function answerAsWorker(options: {
  readonly hash: string | null
  readonly fails?: boolean
  readonly code?: string
}) {
  const fanout = createMemoryFanout()
  const under: Promise<void>[] = []
  await fanout.onAnyNotice((notice) => {
    if (notice.type === 'snapshot_requested') under.push(complete(notice.workspaceId))
  })
  onTestFinished(async () => {
    await Promise.all(under)
  })
  const complete = async (workspaceId: WorkspaceId) => {
    const rows = await database.db
      .selectFrom('panel_states')
      .select(['panel_id', 'version'])
      .where('workspace_id', '=', workspaceId)
      .where('panel_id', 'is not', null)
      .execute()
    const manifest = Object.fromEntries(rows.map((row) => [row.panel_id, row.version]))
    await database.db
      .updateTable('state_snapshots')
      .set({
        state: options.fails ? 'failed' : 'created',
        error: options.fails ? 'the volume is full' : null,
        error_code: options.code ?? null,
        manifest: JSON.stringify(manifest),
        panel_count: rows.length,
        total_size_bytes: 1234,
        git_commit: options.hash,
        completed_at: new Date(),
      })
      .where('workspace_id', '=', workspaceId)
      .where('state', '=', 'requested')
      .execute()
    fanout.publishNotice({ type: 'snapshot_created', workspaceId })
  }
  const api = await startTestApi({ db: database.db, fanout })
  return signUp(api)
}

const create = (person: Person, body: unknown = {}, headers: Record<string, string> = {}) =>
  person.call('POST', `/api/state/${person.workspaceId}/snapshot`, { body, headers })
const under = (key: string) => ({ 'idempotency-key': key })
const listed = async (person: Person) =>
  (await person.call('GET', `/api/state/${person.workspaceId}/snapshots`)).body

describe('workspace snapshots', () => {
  test('[WSS1] the newest state of all panels is one value', async () => {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    await panel.put({ state: { $state: { n: 2 } } })
    const { status, body } = await ann.call('GET', `/api/state/${ann.workspaceId}/snapshot`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ workspaceId: ann.workspaceId, totalPanels: 3, gitCommit: null })
    expect(body.snapshotAt).toMatch(/Z$/)
    expect(body.panels[panel.panelId]).toEqual({ $state: { n: 2 }, $computed: {}, version: 2 })
  })

  test('[WSS2] creating one waits for the worker and answers what it made', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const answer = await create(ann, { description: 'before lunch' })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      snapshotId: expect.any(String),
      panelCount: 2,
      totalSizeBytes: 1234,
      gitCommitHash: HASH,
      createdAt: expect.stringMatching(/Z$/),
    })
    expect(parseSnapshotId(answer.body.snapshotId)).not.toBeNull()
    const { body: list } = await ann.call('GET', `/api/state/${ann.workspaceId}/snapshots`)
    expect(list).toEqual([
      { ...answer.body, type: 'manual', description: 'before lunch', createdBy: ann.userId },
    ])
  })

  test('[HIS12] a revert can have one made first, of how things were before it', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    await panel.put({ state: { $state: { n: 2 } } })
    const { body } = await ann.call('POST', `${panel.path}/revert`, {
      body: { targetVersion: 1, createSnapshot: true },
    })
    expect(body).toMatchObject({ success: true, version: 3, revertedTo: 1 })
    const { body: before } = await ann.call(
      'GET',
      `/api/state/${ann.workspaceId}/snapshot?snapshot_id=${body.snapshotId}`,
    )
    expect(before.panels[panel.panelId]).toMatchObject({ $state: { n: 2 }, version: 2 })
    expect((await panel.read()).body).toMatchObject({ state: { $state: { n: 1 } }, version: 3 })
  })

  test('[WSS3] a snapshot is read as it was, whatever has happened since', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    const { body: made } = await create(ann)
    await panel.put({ state: { $state: { n: 2 } } })
    await ann.call('DELETE', `/api/panels/${panel.panelId}`)
    // By a process that has nothing of it in memory as well.
    const fresh = await startTestApi({ db: database.db })
    for (const [query, { call }] of [
      [`snapshot_id=${made.snapshotId}`, fresh],
      [`snapshot_id=${made.snapshotId}`, ann],
      [`git_commit=${HASH}`, ann],
    ] as const) {
      const path = `/api/state/${ann.workspaceId}/snapshot?${query}`
      const { body } = await call('GET', path, { token: ann.token })
      expect(body.panels[panel.panelId]).toEqual({ $state: { n: 1 }, $computed: {}, version: 1 })
      expect(body).toMatchObject({ totalPanels: 3, gitCommit: HASH, snapshotAt: made.createdAt })
    }
  })

  test('[WSS4] snapshots and commits of other workspaces are not there', async () => {
    const ann = await answerAsWorker({ hash: HASH.replaceAll('0', 'f') })
    const { body: made } = await create(ann)
    const bob = await signUp(await startTestApi({ db: database.db }))
    for (const query of [
      `snapshot_id=${made.snapshotId}`,
      `git_commit=${made.gitCommitHash}`,
      'snapshot_id=x',
    ]) {
      const answer = await bob.call('GET', `/api/state/${bob.workspaceId}/snapshot?${query}`)
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    expect((await bob.call('GET', `/api/state/${bob.workspaceId}/snapshot?git_commit=x`)).status).toBe(422)
  })

  test('[WSS5] a snapshot the worker cannot make is an error, not a success', async () => {
    const ann = await answerAsWorker({ hash: null, fails: true })
    const answer = await create(ann)
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toContain('volume')
    expect((await ann.call('GET', `/api/state/${ann.workspaceId}/snapshots`)).body).toEqual([])
  })

  test('[QUO1] one for which the repository has no room is refused with the reason, which the workspace says too', async () => {
    const ann = await answerAsWorker({ hash: null, fails: true, code: 'quota_exceeded' })
    expect(await create(ann)).toMatchObject({
      status: 403,
      body: { code: 'quota_exceeded', detail: 'the volume is full' },
    })
    const read = async () => (await ann.call('GET', `/api/workspaces/${ann.workspaceId}`)).body.gitError
    expect(await read()).toBeNull()
    await database.db
      .insertInto('workspace_git')
      .values({ workspace_id: ann.workspaceId as never, manifest: '{}', commit_error: 'no room' })
      .execute()
    expect(await read()).toBe('no room')
  })

  test('[WSS6] without a worker the request is told to come back, and stays asked for', async () => {
    const ann = await signUp(await startTestApi({ db: database.db, snapshotWaitMs: 300 }))
    const answer = await create(ann)
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'unavailable', snapshotId: expect.any(String) },
    })
    const row = await database.db
      .selectFrom('state_snapshots')
      .select('state')
      .where('id', '=', answer.body.snapshotId)
      .executeTakeFirstOrThrow()
    expect(row.state).toBe('requested')
  })

  test('[WSS7] type and description are checked', async () => {
    const ann = await answerAsWorker({ hash: null })
    expect(await create(ann, { type: 'other' })).toMatchObject({ status: 422, body: { pointer: '/type' } })
    expect((await create(ann, { description: 'x'.repeat(2_001) })).status).toBe(422)
    expect((await create(ann, { type: 'pre_ai_edit', commitToGit: false })).body.gitCommitHash).toBeNull()
  })

  test('[WSS8] one asked for again under its key is made once', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(ann, {}, under('a'))))
    const [first] = answers
    for (const { status, body } of answers) expect([status, body]).toEqual([201, first?.body])
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect(await create(ann, { description: 'another' }, under('a'))).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect(await listed(ann)).toHaveLength(1)
    expect((await create(ann, {}, under('b'))).body.snapshotId).not.toBe(first?.body.snapshotId)
  })

  test('[WSS8] a key is that of one person and one workspace', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const { body } = await create(ann, {}, under('a'))
    const { body: other } = await ann.call('POST', '/api/workspaces', { body: { name: 'Other' } })
    const elsewhere = await create({ ...ann, workspaceId: other.id }, {}, under('a'))
    expect(elsewhere.body.snapshotId).not.toBe(body.snapshotId)
    const bob = await answerAsWorker({ hash: HASH })
    await invite(database.db, ann, bob, 'editor')
    const byBob = await create({ ...bob, workspaceId: ann.workspaceId }, {}, under('a'))
    expect(byBob).toMatchObject({ status: 201 })
    expect(byBob.body.snapshotId).not.toBe(body.snapshotId)
  })

  test('[WSS8] what had no answer in time is waited for again, what has failed is made anew', async () => {
    const ann = await signUp(await startTestApi({ db: database.db, snapshotWaitMs: 300 }))
    const { body: first } = await create(ann, {}, under('a'))
    const { body: second } = await create(ann, {}, under('a'))
    expect(second).toMatchObject({ code: 'unavailable', snapshotId: first.snapshotId })
    await database.db
      .updateTable('state_snapshots')
      .set({ state: 'failed' })
      .where('id', '=', first.snapshotId)
      .execute()
    const { body: third } = await create(ann, {}, under('a'))
    expect(third).toMatchObject({ code: 'unavailable' })
    expect(third.snapshotId).not.toBe(first.snapshotId)
  })

  test('[WSS8] a key is remembered for a day', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const { body: first } = await create(ann, {}, under('a'))
    const inHours = (hours: number) => () => new Date(Date.now() + hours * 3_600_000)
    await startTestApi({ db: database.db, now: inHours(23) })
    expect((await create(ann, {}, under('a'))).body.snapshotId).toBe(first.snapshotId)
    await startTestApi({ db: database.db, now: inHours(25) })
    await vi.waitFor(async () =>
      expect((await create(ann, {}, under('a'))).body.snapshotId).not.toBe(first.snapshotId),
    )
  })

  test('[WSS8] a revert sent again is told of the snapshot that was made before it', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    await panel.put({ state: { $state: { n: 2 } } })
    const revert = () =>
      ann.call('POST', `${panel.path}/revert`, {
        body: { targetVersion: 1, createSnapshot: true },
        headers: under('r'),
      })
    const first = await revert()
    const again = await revert()
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.body).toEqual(first.body)
    expect(await listed(ann)).toHaveLength(1)
  })

  test('[WSS8] a revert under a key of something else makes none', async () => {
    const ann = await answerAsWorker({ hash: HASH })
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    await panel.patch([{ op: 'replace', path: '/$state/n', value: 2 }], under('k'))
    const answer = await ann.call('POST', `${panel.path}/revert`, {
      body: { targetVersion: 1, createSnapshot: true },
      headers: under('k'),
    })
    expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await listed(ann)).toEqual([])
  })
})
