import { type DocumentName, NO_VERSION, toVersion } from '@nexus/core'
import { historySchema } from '@nexus/core/http-contract'
import { createSqlUpdateLog, thinHistory } from '@nexus/core/sql'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { openEvents, until } from './testkit/subscribers.ts'
import { type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const RANGES = [
  [2, 5],
  [6, 9],
] as const

/** `n` is the version, up to 20, and `low` the same up to 4; those of {@link RANGES} have become one each, and nothing after 10 is thinned yet. */
async function thinnedPanel(
  before: (panel: { readonly path: string }, person: Person) => Promise<unknown> = async () => null,
) {
  const api = await startTestApi({ db: database.db })
  const ann = await signUp(api)
  const panel = await somePanel(ann, { initialState: { n: 1, low: 1 } })
  for (let n = 2; n <= 20; n += 1) await panel.put({ state: { $state: { n, low: Math.min(n, 4) } } })
  const document = `${ann.workspaceId}/${panel.panelId}` as DocumentName
  const log = createSqlUpdateLog(database.db)
  await log.saveCheckpoint(document, { version: toVersion(20), state: await stateOf(document) })
  const merged = await Promise.all(
    RANGES.map(async ([first, last]) => {
      const entries = await log.readTail(document, { after: toVersion(first - 1), upTo: toVersion(last) })
      const update = Y.mergeUpdates(entries.map((entry) => entry.update))
      return { firstVersion: toVersion(first), version: toVersion(last), update }
    }),
  )
  await before(panel, ann)
  const removed = await thinHistory(database.db, { document, after: NO_VERSION, upTo: toVersion(10), merged })
  expect(removed).toBe(6)
  // Another process, which has nothing of it in memory.
  const fresh = await startTestApi({ db: database.db })
  const at = (path: string, method = 'GET', body?: unknown) =>
    fetch(`${fresh.url}${panel.path}${path}`, {
      method,
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const read = async (path: string) => (await at(path)).json()
  return { api: fresh, ann, panel, at, read }
}

async function stateOf(document: DocumentName): Promise<Uint8Array> {
  const entries = await createSqlUpdateLog(database.db).readTail(document, { after: NO_VERSION })
  return Y.mergeUpdates(entries.map((entry) => entry.update))
}

const LISTED = [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 5, 1]

describe('a panel whose old history is thinned', () => {
  test('[THIN7] shows each version that remains, and of what came to it what changed altogether', async () => {
    const { read } = await thinnedPanel()
    const { history, totalChanges } = historySchema.parse(await read('/history?limit=100'))
    expect(totalChanges).toBe(LISTED.length)
    expect(history.map(({ version }) => version)).toEqual(LISTED)
    expect(history.slice(-4)).toMatchObject([
      { version: 10, previousVersion: 9, patch: [{ op: 'replace', path: '/$state/n', value: 10 }] },
      { version: 9, previousVersion: 5, patch: [{ op: 'replace', path: '/$state/n', value: 9 }] },
      {
        version: 5,
        previousVersion: 1,
        patch: [
          { path: '/$state/n', value: 5 },
          { path: '/$state/low', value: 4 },
        ],
      },
      { version: 1, previousVersion: 0 },
    ])
  })

  test('[THIN8] is listed in pages of any size, each change once, with the right total', async () => {
    const { read, ann } = await thinnedPanel()
    for (const limit of [1, 2, 3, 5, 7]) {
      for (const filter of ['', `&userId=${ann.userId}`]) {
        const listed: number[] = []
        for (let offset = 0; offset < LISTED.length; offset += limit) {
          const page = historySchema.parse(await read(`/history?limit=${limit}&offset=${offset}${filter}`))
          expect(page.totalChanges).toBe(LISTED.length)
          listed.push(...page.history.map(({ version }) => version))
        }
        expect(listed).toEqual(LISTED)
      }
    }
  })

  test('[THIN8] is narrowed by times as before', async () => {
    const { read } = await thinnedPanel()
    const { history } = historySchema.parse(await read('/history?limit=100'))
    for (const [at, { occurredAt }] of history.entries()) {
      const since = historySchema.parse(await read(`/history?limit=100&since=${occurredAt}`))
      const until = historySchema.parse(await read(`/history?limit=100&until=${occurredAt}`))
      const isSince = history
        .filter((change) => change.occurredAt >= occurredAt)
        .map(({ version }) => version)
      const isUntil = history
        .filter((change) => change.occurredAt <= occurredAt)
        .map(({ version }) => version)
      expect(
        since.history.map(({ version }) => version),
        `since ${at}`,
      ).toEqual(isSince)
      expect(
        until.history.map(({ version }) => version),
        `until ${at}`,
      ).toEqual(isUntil)
      expect([since.totalChanges, until.totalChanges]).toEqual([isSince.length, isUntil.length])
    }
  })

  test('[THIN7] reads at every version that remains; one that does not is 404 and says where it went', async () => {
    const { at, read } = await thinnedPanel()
    for (const version of LISTED)
      expect(await read(`?version=${version}`)).toMatchObject({ version, state: { $state: { n: version } } })
    for (const version of [2, 4, 6, 8]) {
      const answer = await at(`?version=${version}`)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'not_found', mergedInto: version < 5 ? 5 : 9 })
    }
    expect((await at('/diff?from=3&to=10')).status).toBe(404)
    expect((await at('/revert', 'POST', { targetVersion: 3 })).status).toBe(404)
    expect(await read('/diff?from=5&to=10')).toMatchObject({ patch: [{ path: '/$state/n', value: 10 }] })
    expect(await (await at('/revert', 'POST', { targetVersion: 5 })).json()).toMatchObject({ version: 21 })
  })

  test('[THIN7] also by a process that has kept the version since before', async () => {
    const { panel, ann } = await thinnedPanel(async (whole, person) => {
      // As long ago as what is thinned.
      await database.db
        .updateTable('state_history')
        .set({ occurred_at: new Date(Date.now() - 40 * 24 * 3_600_000) })
        .where('version', '<=', toVersion(10))
        .execute()
      await person.call('GET', `${whole.path}?version=4`)
      await person.call('GET', `${whole.path}/diff?from=4&to=5`)
      const patches = [{ op: 'test', path: '/$state/n', value: 4 }]
      expect((await person.call('PATCH', whole.path, { body: { patches, version: 4 } })).status).toBe(200)
    })
    expect(await panel.read('?version=4')).toMatchObject({ status: 404, body: { mergedInto: 5 } })
    const patches = [{ op: 'replace', path: '/$state/n', value: 'late' }]
    const refused = await ann.call('PATCH', panel.path, { body: { patches, version: 4 } })
    expect(refused).toMatchObject({ status: 409, body: { code: 'version_conflict' } })
    expect((await panel.read('?version=5')).status).toBe(200)
  })

  test('[THIN7] a patch made for a version that does not remain is refused and changes nothing', async () => {
    const { at, read } = await thinnedPanel()
    const patches = [{ op: 'replace', path: '/$state/n', value: 'late' }]
    const refused = await at('', 'PATCH', { patches, version: 4 })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ code: 'version_conflict', currentVersion: 20 })
    expect(await read('')).toMatchObject({ version: 20, state: { $state: { n: 20 } } })
    expect((await at('', 'PATCH', { patches, version: 5 })).status).toBe(200)
  })

  test('[THIN7] blame names versions that remain', async () => {
    const { read } = await thinnedPanel()
    expect(await read('/blame?pointer=/$state')).toMatchObject([
      { pointer: '/$state/low', version: 5 },
      { pointer: '/$state/n', version: 20 },
    ])
  })

  test('[THIN7] a subscriber who had a version that does not remain gets the state, any other what was missed', async () => {
    const { api, ann, panel } = await thinnedPanel()
    const from = async (id: string) => {
      const { events } = await openEvents(`${api.url}${panel.path}/events`, {
        authorization: `Bearer ${ann.token}`,
        'last-event-id': id,
      })
      return events
    }
    const lost = await from('3')
    const missed = await from('1')
    await until(() => missed.at(-1)?.id === '20' && lost.length > 0)
    expect(lost[0]?.message).toMatchObject({ type: 'state_sync', version: 20 })
    expect(missed.slice(0, 3).map(({ message }) => message)).toMatchObject([
      { type: 'state_update', previousVersion: 1, version: 5 },
      { type: 'state_update', previousVersion: 5, version: 9 },
      { type: 'state_update', previousVersion: 9, version: 10 },
    ])
  })

  test('[HIS11] is blamed right by a process that had read its blame before', async () => {
    const { panel, read, ann } = await thinnedPanel((whole, person) =>
      person.call('GET', `${whole.path}/blame`),
    )
    const { status, body } = await ann.call('GET', `${panel.path}/blame`)
    expect([status, body]).toEqual([200, await read('/blame')])
    expect(body).toMatchObject([
      { pointer: '/$state/low', version: 5, userId: ann.userId },
      { pointer: '/$state/n', version: 20 },
    ])
  })
})
