import { applyJsonPatch, FREE_FORM_MODEL, parseJsonPatch } from '@nexus/core/document'
import {
  type BlameEntry,
  blameEntrySchema,
  historySchema,
  revertedStateSchema,
  stateDiffSchema,
} from '@nexus/core/http-contract'
import { createRandom, withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { invite, type Person, signUp, somePanel, startTestApi, type TestPanel } from './testkit/test-api.ts'

const database = withTestDatabase()

async function somebody(): Promise<Person> {
  return signUp(await startTestApi({ db: database.db }))
}

/** The owner, somebody who edits, somebody who reads, and a stranger. */
async function fourPeople() {
  const api = await startTestApi({ db: database.db })
  const [ann, ben, vic, eve] = [await signUp(api), await signUp(api), await signUp(api), await signUp(api)]
  await invite(database.db, ann, ben, 'editor')
  await invite(database.db, ann, vic, 'viewer')
  return { ann, ben, vic, eve }
}

const stateOf = async (panel: TestPanel, version?: number) =>
  (await panel.read(version === undefined ? '' : `?version=${version}`)).body.state

const newestOf = async (panel: TestPanel): Promise<number> => (await panel.read()).body.version

const panelWith = (
  factor: number,
) => `<NexusPanel title="T"><Data><State name="n" type="number" default="2" />
  <State name="list" type="list" default="[]" />
  <Computed name="m" value="$state.n * ${factor}" /></Data><View><Text content="{$state.m}" /></View></NexusPanel>`

describe('the difference between two versions', () => {
  test('[HIS10] leads from one to the other, forwards and backwards', async () => {
    const ann = await somebody()
    const panel = await somePanel(ann, { initialState: { n: 0, list: [{ id: 'a' }] } })
    await panel.patch([{ op: 'add', path: '/$state/list/0', value: { id: 'b' } }])
    await panel.patch([{ op: 'replace', path: '/$state/n', value: 7 }])
    const diff = async (from: number, to: number) =>
      stateDiffSchema.parse((await ann.call('GET', `${panel.path}/diff?from=${from}&to=${to}`)).body)
    expect(await diff(1, 3)).toEqual({
      from: 1,
      to: 3,
      patch: [
        { op: 'add', path: '/$state/list/0', value: { id: 'b' } },
        { op: 'replace', path: '/$state/n', value: 7 },
      ],
    })
    expect(await diff(2, 2)).toMatchObject({ patch: [] })
    for (const [from, to] of [
      [1, 3],
      [3, 1],
      [2, 3],
    ] as const) {
      const doc = new Y.Doc()
      applyJsonPatch(doc, FREE_FORM_MODEL, [
        { op: 'replace', path: '/$state', value: (await stateOf(panel, from)).$state },
      ])
      applyJsonPatch(doc, FREE_FORM_MODEL, parseJsonPatch((await diff(from, to)).patch))
      expect(doc.getMap('state').toJSON()).toEqual((await stateOf(panel, to)).$state)
    }
  })

  test('[HIS10] of versions that never were is 404, without versions 422; strangers get 404', async () => {
    const { ann, vic, eve } = await fourPeople()
    const panel = await somePanel(ann)
    const diff = (person: Person, query: string) => person.call('GET', `${panel.path}/diff${query}`)
    expect(await diff(ann, '?from=1&to=2')).toMatchObject({ status: 404, body: { currentVersion: 1 } })
    for (const query of ['', '?from=1', '?from=0&to=1', '?from=x&to=1', '?from=1&from=1&to=1']) {
      expect(await diff(ann, query)).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    }
    expect((await diff(vic, '?from=1&to=1')).status).toBe(200)
    expect((await diff(eve, '?from=1&to=1')).status).toBe(404)
  })
})

describe('blame', () => {
  const blame = async (person: Person, panel: TestPanel, pointer?: string): Promise<BlameEntry[]> => {
    const query = pointer === undefined ? '' : `?pointer=${encodeURIComponent(pointer)}`
    const { body } = await person.call('GET', `${panel.path}/blame${query}`)
    return blameEntrySchema.array().parse(body)
  }
  const brief = (entries: readonly BlameEntry[]) =>
    entries.map(({ pointer, version, userId }) => [pointer, version, userId])

  test('[HIS11] names for every value of the state the change that last set it', async () => {
    const { ann, ben } = await fourPeople()
    const panel = await somePanel(ann, { initialState: { title: 'a', list: [{ id: 'x', done: false }] } })
    await ben.call('PATCH', panel.path, {
      body: [{ op: 'replace', path: '/$state/list/0/done', value: true }],
    })
    await panel.patch([{ op: 'add', path: '/$state/list/0', value: { id: 'y', done: false } }])
    expect(brief(await blame(ann, panel))).toEqual([
      ['/$state/list/0/done', 3, ann.userId],
      ['/$state/list/0/id', 3, ann.userId],
      ['/$state/list/1/done', 2, ben.userId],
      ['/$state/list/1/id', 1, ann.userId],
      ['/$state/title', 1, ann.userId],
    ])
    expect(brief(await blame(ann, panel, '/$state/list/1'))).toEqual([
      ['/$state/list/1/done', 2, ben.userId],
      ['/$state/list/1/id', 1, ann.userId],
    ])
    const [done] = await blame(ann, panel, '/$state/list/1/done')
    const { history } = historySchema.parse((await ann.call('GET', `${panel.path}/history`)).body)
    const { occurredAt, triggeredBy } = history.find(({ version }) => version === 2) ?? {}
    expect(done).toMatchObject({ occurredAt, triggeredBy })
  })

  test('[HIS11] is up to date after every change, whoever asked before', async () => {
    const ann = await somebody()
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    for (let version = 2; version <= 6; version += 1) {
      await panel.patch([{ op: 'replace', path: '/$state/n', value: version }])
      const answers = await Promise.all([blame(ann, panel), blame(ann, panel, '/$state/n')])
      for (const entries of answers) expect(brief(entries)).toEqual([['/$state/n', version, ann.userId]])
    }
  })

  test('[HIS11] there is none of what is not there, of computed values, or for strangers', async () => {
    const { ann, vic, eve } = await fourPeople()
    const panel = await somePanel(ann, { nxmlSource: panelWith(2) })
    const ask = (person: Person, pointer: string) =>
      person.call('GET', `${panel.path}/blame?pointer=${encodeURIComponent(pointer)}`)
    expect(brief(await blame(ann, panel))).toEqual([
      ['/$state/list', 1, ann.userId],
      ['/$state/n', 1, ann.userId],
    ])
    expect(await ask(ann, '/$state/none')).toMatchObject({ status: 404, body: { pointer: '/$state/none' } })
    expect(await ask(ann, '/$computed/m')).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    expect(await ask(ann, 'n')).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    expect((await ask(vic, '')).status).toBe(200)
    expect((await ask(eve, '')).status).toBe(404)
  })
})

describe('revert', () => {
  const revert = (person: Person, panel: TestPanel, body: unknown) =>
    person.call('POST', `${panel.path}/revert`, { body })

  test('[HIS12] adds a version that reads as the old one; nothing is erased', async () => {
    const ann = await somebody()
    const panel = await somePanel(ann, { initialState: { n: 0, list: [1, 2, 3] } })
    await panel.put({ state: { $state: { n: 5, list: [3], more: { a: [] } } } })
    const { status, body, headers } = await revert(ann, panel, { targetVersion: 1 })
    expect(status).toBe(200)
    expect(revertedStateSchema.parse(body)).toMatchObject({ success: true, version: 3, revertedTo: 1 })
    expect(headers.get('etag')).toBe('"3"')
    expect(await stateOf(panel)).toEqual(await stateOf(panel, 1))
    expect((await stateOf(panel, 2)).$state).toEqual({ n: 5, list: [3], more: { a: [] } })
    const { history } = historySchema.parse((await ann.call('GET', `${panel.path}/history`)).body)
    expect(history[0]).toMatchObject({ version: 3, changeType: 'reverted', triggeredBy: 'api' })
    expect((await revert(ann, panel, { targetVersion: 2 })).body).toMatchObject({ version: 4 })
    expect((await stateOf(panel)).$state).toEqual({ n: 5, list: [3], more: { a: [] } })
  })

  test('[HIS12] brings the source back too, and with it what it declares and computes', async () => {
    const ann = await somebody()
    const panel = await somePanel(ann, { nxmlSource: panelWith(2) })
    await panel.patch([{ op: 'add', path: '/$state/list/-', value: 'x' }])
    const other = panelWith(10).replace(
      'name="list" type="list" default="[]"',
      'name="label" type="string" default="a"',
    )
    await ann.call('PATCH', `/api/panels/${panel.panelId}`, { body: { nxmlSource: other } })
    await panel.patch([{ op: 'replace', path: '/$state/n', value: 3 }])
    expect(await stateOf(panel)).toEqual({ $state: { label: 'a', n: 3 }, $computed: { m: 30 } })
    await revert(ann, panel, { targetVersion: 2 })
    expect(await stateOf(panel)).toEqual(await stateOf(panel, 2))
    const { body } = await ann.call('GET', `/api/panels/${panel.panelId}`)
    expect(body.nxmlSource).toBe(panelWith(2))
  })

  test('[HIS12] to what a panel is already keeps its version', async () => {
    const ann = await somebody()
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    expect((await revert(ann, panel, { targetVersion: 1 })).body).toMatchObject({ success: true, version: 1 })
    expect(await newestOf(panel)).toBe(1)
  })

  test('[HIS12] any version of a random history can be gone back to', async () => {
    const ann = await somebody()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const random = createRandom(7)
    for (let step = 0; step < 40; step += 1) {
      const newest = await newestOf(panel)
      if (random.below(4) === 0) {
        const targetVersion = 1 + random.below(newest)
        await revert(ann, panel, { targetVersion })
        expect(await stateOf(panel)).toEqual(await stateOf(panel, targetVersion))
        continue
      }
      const { list } = (await stateOf(panel)).$state
      const at = random.below(list.length + 1)
      const operation =
        random.below(3) > 0 || at === list.length
          ? { op: 'add', path: `/$state/list/${at}`, value: { id: step, text: 'x'.repeat(random.below(5)) } }
          : { op: 'remove', path: `/$state/list/${at}` }
      await panel.patch([operation, { op: 'add', path: `/$state/k${random.below(3)}`, value: step }])
    }
    expect(await newestOf(panel)).toBeGreaterThan(20)
  })

  test('[HIS12] what is no version, or who may not, changes nothing', async () => {
    const { ann, ben, vic, eve } = await fourPeople()
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    await panel.put({ state: { $state: { n: 1 } } })
    for (const body of [
      {},
      { targetVersion: 0 },
      { targetVersion: 3 },
      { targetVersion: '1' },
      { targetVersion: 1.5 },
    ]) {
      expect(await revert(ann, panel, body)).toMatchObject({
        status: 422,
        body: { code: 'validation_failed' },
      })
    }
    expect((await revert(vic, panel, { targetVersion: 1 })).status).toBe(403)
    expect((await revert(eve, panel, { targetVersion: 1 })).status).toBe(404)
    expect(await newestOf(panel)).toBe(2)
    expect((await revert(ben, panel, { targetVersion: 1 })).status).toBe(200)
  })

  test('[HIS12] with a snapshot that cannot be made changes nothing', async () => {
    const ann = await signUp(await startTestApi({ db: database.db, snapshotWaitMs: 100 }))
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    await panel.put({ state: { $state: { n: 1 } } })
    const answer = await revert(ann, panel, { targetVersion: 1, createSnapshot: true })
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(await newestOf(panel)).toBe(2)
  })
})
