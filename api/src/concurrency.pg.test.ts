import { type AppendEntry, panelDocumentName, type UpdateLog } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { createGatedLog, withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { type Answer, signUp, somePanel, startTestApi, type TestPanel } from './testkit/test-api.ts'

const database = withTestDatabase()
const increment = (by = 1) => [{ op: 'increment', path: '/$state/n', value: by }]

async function panelOn(log: UpdateLog, content: Record<string, unknown> = { initialState: { n: 0 } }) {
  const ann = await signUp(await startTestApi({ db: database.db, log }))
  return { ann, panel: await somePanel(ann, content) }
}
const versionsOf = (answers: readonly Answer[]): number[] =>
  answers.map(({ body }) => body.version).sort((a, b) => a - b)
const stateOf = async (panel: TestPanel) => (await panel.read()).body.state.$state
/** Resolves when the log has been handed `count` batches. */
async function batches(log: { readonly batches: readonly (readonly AppendEntry[])[] }, count: number) {
  while (log.batches.length < count) await new Promise(setImmediate)
}

describe('many writers of one panel', () => {
  test('[STA19] of 100 patches at once each has its own version, 2 to 101, and every value is there', async () => {
    const { panel } = await panelOn(createSqlUpdateLog(database.db), { initialState: {} })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => panel.patch([{ op: 'add', path: `/$state/k${n}`, value: n }])),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(versionsOf(answers)).toEqual(Array.from({ length: 100 }, (_, n) => n + 2))
    expect(Object.keys(await stateOf(panel))).toHaveLength(100)
  })

  test('[STA20] increments from the newest and from old versions all count', async () => {
    const source = `<NexusPanel title="Counter"><Data><State name="n" type="counter" default="0" /></Data>
      <View><Text content="{$state.n}" /></View></NexusPanel>`
    const { panel } = await panelOn(createSqlUpdateLog(database.db), { nxmlSource: source })
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        panel.patch(n % 3 === 0 ? { version: 1, patches: increment() } : increment()),
      ),
    )
    expect(versionsOf(answers)).toEqual(Array.from({ length: 30 }, (_, n) => n + 2))
    expect(await stateOf(panel)).toEqual({ n: 30 })
  })

  test('[STA22] exactly one of many strict writers for one version is written', async () => {
    const { panel } = await panelOn(createSqlUpdateLog(database.db))
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => panel.patch(increment(), { 'if-match': '"1"' })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { body } of answers.filter(({ status }) => status !== 200)) {
      expect(body).toMatchObject({ code: 'version_conflict', currentVersion: 2 })
    }
    expect(await stateOf(panel)).toEqual({ n: 1 })
  })

  test('[STA23] a strict write is refused by the append when somebody else was there first', async () => {
    const gate = createGatedLog(createSqlUpdateLog(database.db))
    const { ann, panel } = await panelOn(gate)
    const elsewhere = await startTestApi({ db: database.db })
    gate.hold()
    const strict = panel.patch(increment(100), { 'if-match': '"1"' })
    await batches(gate, 1)
    const other = await elsewhere.call('PATCH', panel.path, { token: ann.token, body: increment() })
    expect(other.body.version).toBe(2)
    gate.release()
    expect(await strict).toMatchObject({ status: 409, body: { code: 'version_conflict', currentVersion: 2 } })
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
  })
})

describe('readers', () => {
  test('[STA24] nobody reads what is not saved yet', async () => {
    const log = createGatedLog(createSqlUpdateLog(database.db))
    const { panel } = await panelOn(log)
    log.hold()
    const write = panel.patch(increment())
    await batches(log, 1)
    // At hand, so it does not wait; without the cache it would.
    expect((await panel.read()).body).toMatchObject({ version: 1, state: { $state: { n: 0 } } })
    await log.let('commit')
    expect((await write).body.version).toBe(2)
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
  })

  test('[STA25] what could not be saved is told so, is never read, and does no harm to what follows', async () => {
    const log = createGatedLog(createSqlUpdateLog(database.db))
    const { panel } = await panelOn(log)
    log.hold()
    const lost = panel.patch(increment(100))
    await batches(log, 1)
    await log.let('unavailable')
    const answer = await lost
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(answer.headers.get('retry-after')).not.toBeNull()
    log.release()
    expect((await panel.read()).body).toMatchObject({ version: 1, state: { $state: { n: 0 } } })
    expect((await panel.patch(increment())).body.version).toBe(2)
    expect(await stateOf(panel)).toEqual({ n: 1 })
  })

  test('[STA26] a commit whose answer was lost is seen by the next reader, with the right version', async () => {
    const log = createGatedLog(createSqlUpdateLog(database.db))
    const { panel } = await panelOn(log)
    log.hold()
    const lost = panel.patch(increment())
    await batches(log, 1)
    await log.let('commit but lose the answer')
    expect((await lost).status).toBe(503)
    log.release()
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
    expect((await panel.patch(increment())).body.version).toBe(3)
    expect(await stateOf(panel)).toEqual({ n: 2 })
  })
})

describe('several processes on one database', () => {
  test('[STA28] each reads what the others have answered, also when no message arrives', async () => {
    const [here, there] = [await startTestApi({ db: database.db }), await startTestApi({ db: database.db })]
    const ann = await signUp(here)
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    for (let n = 1; n <= 20; n += 1) {
      const [writer, reader] = n % 2 === 0 ? [here, there] : [there, here]
      const written = await writer.call('PATCH', panel.path, { token: ann.token, body: increment() })
      expect(written.body.version).toBe(n + 1)
      const read = await reader.call('GET', panel.path, { token: ann.token })
      expect(read.body).toMatchObject({ version: n + 1, state: { $state: { n } } })
    }
  })

  test('[STA29] writing at once they agree on every version', async () => {
    const fanout = createMemoryFanout()
    const apis = [
      await startTestApi({ db: database.db, fanout }),
      await startTestApi({ db: database.db, fanout }),
      await startTestApi({ db: database.db }),
    ] as const
    const ann = await signUp(apis[0])
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        apis[n % 3 === 0 ? 0 : n % 3 === 1 ? 1 : 2].call('PATCH', panel.path, {
          token: ann.token,
          body: [{ op: 'add', path: '/$state/list/-', value: n }],
        }),
      ),
    )
    expect(versionsOf(answers)).toEqual(Array.from({ length: 60 }, (_, n) => n + 2))
    for (const version of ['', '?version=31', '?version=60']) {
      const read = (api: (typeof apis)[number]) => api.call('GET', panel.path + version, { token: ann.token })
      const [first, second, third] = await Promise.all([read(apis[0]), read(apis[1]), read(apis[2])])
      expect(second?.body).toEqual(first?.body)
      expect(third?.body).toEqual(first?.body)
    }
    const list: number[] = (await panel.read()).body.state.$state.list
    expect(list.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n))
  })

  test('[STA30] one connection to the database is enough', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 1 })
    try {
      const ann = await signUp(await startTestApi({ db }))
      const panel = await somePanel(ann, { initialState: { n: 0 } })
      const answers = await Promise.all([
        ...Array.from({ length: 5 }, () => panel.patch(increment())),
        ...Array.from({ length: 5 }, () => panel.read()),
        ann.call('POST', '/api/workspaces', { body: { name: 'x', template: 'starter' } }),
      ])
      expect(answers.every(({ status }) => status < 300)).toBe(true)
      expect(await stateOf(panel)).toEqual({ n: 5 })
    } finally {
      await close()
    }
  })
})

describe('a source that is broken in the live document', () => {
  test('[STA31] the last valid definition is in force, the same for a process that has watched and one that has not', async () => {
    const source = `<NexusPanel title="T"><Data><State name="n" type="number" default="1" />
      <Computed name="double" value="$state.n * 2" /></Data><View><Text content="{$state.double}" /></View></NexusPanel>`
    const watching = await startTestApi({ db: database.db })
    const ann = await signUp(watching)
    const panel = await somePanel(ann, { nxmlSource: source })
    await panel.read()
    const log = createSqlUpdateLog(database.db)
    const document = panelDocumentName(ann.workspaceId as never, panel.panelId as never)
    const editor = new Y.Doc()
    for (const { update } of await log.readTail(document, { after: 0 as never }))
      Y.applyUpdate(editor, update)
    const type = async (from: string, to: string) => {
      const before = Y.encodeStateVector(editor)
      const text = editor.getText('nxml')
      const at = text.toString().indexOf(from)
      editor.transact(() => {
        text.delete(at, from.length)
        text.insert(at, to)
      })
      const cause = {
        userId: null,
        triggeredBy: 'user',
        triggerSource: null,
        changeType: 'updated',
        clientSession: null,
      } as const
      await log.append([{ document, updates: [{ ...cause, update: Y.encodeStateAsUpdate(editor, before) }] }])
    }
    await type('* 2', '* 5')
    await type('* 5', '* ')
    const unwatched = await startTestApi({ db: database.db })
    const read = () =>
      Promise.all([watching, unwatched].map((api) => api.call('GET', panel.path, { token: ann.token })))
    for (const { body } of await read()) {
      expect(body).toMatchObject({ version: 3, state: { $state: { n: 1 }, $computed: { double: 5 } } })
    }
    expect((await panel.patch([{ op: 'replace', path: '/$state/n', value: 4 }])).status).toBe(200)
    await type('* ', '* 3')
    for (const { body } of await read()) expect(body.state.$computed).toEqual({ double: 12 })
    expect((await panel.read('?version=3')).body.state.$computed).toEqual({ double: 5 })
  })
})
