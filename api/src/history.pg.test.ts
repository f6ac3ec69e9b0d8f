import { type DocumentName, toVersion } from '@nexus/core'
import { applyJsonPatch, FREE_FORM_MODEL, parseJsonPatch } from '@nexus/core/document'
import { historySchema } from '@nexus/core/http-contract'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { invite, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

async function panelWithHistory() {
  const ann = await signUp(await startTestApi({ db: database.db }))
  const panel = await somePanel(ann, { initialState: { n: 0, list: [] } })
  await panel.put({ state: { $state: { n: 1, list: [] } }, triggeredBy: 'ai', triggerSource: 'idea' })
  await panel.patch([{ op: 'add', path: '/$state/list/-', value: { id: 'a' } }])
  await panel.merge({ $state: { n: null } })
  const history = async (query = '') => (await ann.call('GET', `${panel.path}/history${query}`)).body
  return { ann, panel, history }
}

describe('the history of a panel', () => {
  test('[HIS1] every change is there, newest first, with who, why, when and what', async () => {
    const { ann, panel, history } = await panelWithHistory()
    const body = historySchema.parse(await history())
    expect(body).toMatchObject({ panelId: panel.panelId, totalChanges: 4 })
    expect(
      body.history.map(({ version, previousVersion, changeType }) => [version, previousVersion, changeType]),
    ).toEqual([
      [4, 3, 'updated'],
      [3, 2, 'updated'],
      [2, 1, 'updated'],
      [1, 0, 'created'],
    ])
    expect(body.history.map(({ patch }) => patch).slice(0, 3)).toEqual([
      [{ op: 'remove', path: '/$state/n' }],
      [{ op: 'add', path: '/$state/list/0', value: { id: 'a' } }],
      [{ op: 'replace', path: '/$state/n', value: 1 }],
    ])
    expect(body.history[2]).toMatchObject({ triggeredBy: 'ai', triggerSource: 'idea', userId: ann.userId })
    expect(body.history.every(({ sizeBytes }) => sizeBytes > 0)).toBe(true)
  })

  test('[HIS9] an update that is in the log twice shows as a change once, and as no change the second time', async () => {
    const { ann, panel, history } = await panelWithHistory()
    const log = createSqlUpdateLog(database.db)
    const document = `${ann.workspaceId}/${panel.panelId}` as DocumentName
    const [last] = (await log.readTail(document, { after: toVersion(3) })).slice(-1)
    if (last === undefined) throw new Error('The panel has four versions.')
    const before = await panel.read()
    await log.append([{ document, updates: [last] }])
    const entries = historySchema.parse(await history()).history
    expect(entries.slice(0, 2).map(({ version, patch }) => [version, patch])).toEqual([
      [5, []],
      [4, [{ op: 'remove', path: '/$state/n' }]],
    ])
    expect((await panel.read()).body).toMatchObject({ state: before.body.state, version: 5 })
  })

  test('[HIS2] its patches, oldest first, lead from nothing to every version', async () => {
    const { panel, history } = await panelWithHistory()
    const entries = historySchema.parse(await history()).history.toReversed()
    const doc = new Y.Doc()
    for (const { patch, version } of entries) {
      applyJsonPatch(doc, FREE_FORM_MODEL, parseJsonPatch(patch))
      const { body } = await panel.read(`?version=${version}`)
      expect(doc.getMap('state').toJSON()).toEqual(body.state.$state)
    }
  })

  test('[HIS3] pages and filters narrow it; the total counts what matches', async () => {
    const { ann, history } = await panelWithHistory()
    const versions = async (query: string) => {
      const { totalChanges, history: entries } = await history(query)
      return [totalChanges, entries.map(({ version }: { version: number }) => version)]
    }
    expect(await versions('?limit=2')).toEqual([4, [4, 3]])
    expect(await versions('?limit=2&offset=3')).toEqual([4, [1]])
    expect(await versions('?triggeredBy=ai')).toEqual([1, [2]])
    expect(await versions(`?userId=${ann.userId}`)).toEqual([4, [4, 3, 2, 1]])
    expect(await versions('?userId=nobody')).toEqual([0, []])
    expect(await versions('?since=2999-01-01T00:00:00Z')).toEqual([0, []])
    expect(await versions('?until=2999-01-01T00:00:00Z&limit=1')).toEqual([4, [4]])
  })

  test.each(['limit=0', 'limit=1001', 'limit=x', 'offset=-1', 'since=today', 'triggeredBy=me'])(
    '[HIS4] ?%s is refused',
    async (query) => {
      const { history } = await panelWithHistory()
      expect(await history(`?${query}`)).toMatchObject({ status: 422, code: 'validation_failed' })
    },
  )

  test('[HIS5] a state can be asked for with its history', async () => {
    const { panel, history } = await panelWithHistory()
    const { body } = await panel.read('?include_history=true')
    expect(body).toMatchObject({ version: 4, history: (await history()).history })
    expect((await panel.read()).body).not.toHaveProperty('history')
    const past = (await panel.read('?version=3&include_history=true')).body
    expect(past).toMatchObject({ version: 3, history: (await history()).history.slice(1) })
  })

  test('[HIS6] viewers may read it, strangers may not', async () => {
    const api = await startTestApi({ db: database.db })
    const [ann, vic, eve] = [await signUp(api), await signUp(api), await signUp(api)]
    await invite(database.db, ann, vic, 'viewer')
    const { path } = await somePanel(ann)
    expect((await vic.call('GET', `${path}/history`)).status).toBe(200)
    expect((await eve.call('GET', `${path}/history`)).status).toBe(404)
  })

  test('[HIS7] a new source shows as what it does to the state and the computed values', async () => {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const source = (
      factor: number,
    ) => `<NexusPanel title="T"><Data><State name="n" type="number" default="2" />
      <Computed name="m" value="$state.n * ${factor}" /></Data><View><Text content="{$state.m}" /></View></NexusPanel>`
    const panel = await somePanel(ann, { nxmlSource: source(2) })
    await ann.call('PATCH', `/api/panels/${panel.panelId}`, { body: { nxmlSource: source(5) } })
    const { body } = await ann.call('GET', `${panel.path}/history?limit=1`)
    expect(body.history[0]).toMatchObject({
      version: 2,
      patch: [{ op: 'replace', path: '/$computed/m', value: 10 }],
    })
  })

  test('[HIS8] changes too large for one answer are 413, and come in smaller portions', async () => {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const panel = await somePanel(ann, {
      nxmlSource: `<NexusPanel title="T"><Data><State name="n" type="number" default="0" />
      <Computed name="m" value='[$state.n + "x".repeat(1000000), $state.n + "y".repeat(1000000)]' /></Data>
      <View><Text content="{$state.n}" /></View></NexusPanel>`,
    })
    for (let n = 1; n <= 20; n += 1) await panel.put({ state: { $state: { n } } })
    for (const path of [`${panel.path}/history`, `${panel.path}?include_history=true`]) {
      expect(await ann.call('GET', path)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    }
    const { body } = await ann.call('GET', `${panel.path}/history?limit=5`)
    expect(body.history).toHaveLength(5)
  })
})
