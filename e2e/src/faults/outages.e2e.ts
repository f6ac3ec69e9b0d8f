import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LiveEditor, requestJson } from '../kit/index.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { Ledger } from './ledger.ts'
import { entriesOf, openEditor } from './live-writer.ts'
import { apiPlaces, livePlaces } from './places.ts'
import { addEntry } from './program-writer.ts'
import { requestSnapshot } from './provoke.ts'
import { whenReady } from './run-case.ts'
import { createPanel } from './scene.ts'
import { until } from './until.ts'

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster?.stop())

const sees = (editor: LiveEditor, ...keys: readonly string[]): Promise<void> =>
  until(
    () => keys.every((key) => entriesOf(editor).toArray().includes(key)),
    () => `One of ${keys} has not come.`,
  )

test('[FLT3] PostgreSQL away: people go on together, unsaved; programs are told to come back; nothing of it is lost', async () => {
  const document = await createPanel(cluster, new Ledger(), 'first')
  const [one, two] = cluster.collabs
  const [alice, bob] = [
    await openEditor(cluster.account, one, document),
    await openEditor(cluster.account, one, document),
  ]
  const [carol, dave] = [
    await openEditor(cluster.account, two, document),
    await openEditor(cluster.account, two, document),
  ]
  await cluster.postgres.crash()

  entriesOf(alice).push(['by who stays'])
  const saved = alice.whenSaved()
  let isSaved = false
  void saved.then(() => {
    isSaved = true
  })
  await sees(bob, 'by who stays')
  const refused = await requestJson(`${cluster.apis[0].url}/api/state/${document}`, {
    method: 'PATCH',
    token: cluster.account.accessToken,
    headers: { 'content-type': 'application/json-patch+json' },
    body: [{ op: 'add', path: '/$state/entries/-', value: 'by a program' }],
  })
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  entriesOf(carol).push(['by who leaves'])
  // The server has it, too; now nobody else has.
  await sees(dave, 'by who leaves')
  carol.close()
  dave.close()
  await until(
    async () => !(await one.isReady()) && !(await two.isReady()),
    () => 'The servers do not say that the database is away.',
  )
  expect(isSaved).toBe(false)

  await cluster.postgres.restart()
  await saved
  await sees(bob, 'by who leaves')
  await whenReady(cluster)
  for (const place of [...livePlaces(cluster), ...apiPlaces(cluster)])
    expect((await place.read(document)).toSorted(), place.name).toEqual([
      'by who leaves',
      'by who stays',
      'first',
    ])
  alice.close()
  bob.close()
})

test('[FLT4] Redis away: servers and API stay level by the log, snapshots are made, and all of it is still there when everybody has left and come back', async () => {
  const document = await createPanel(cluster, new Ledger(), 'first')
  const [one, two] = cluster.collabs
  const [alice, bob] = [
    await openEditor(cluster.account, one, document),
    await openEditor(cluster.account, two, document),
  ]
  await cluster.redis.crash()

  entriesOf(alice).push(['on server 1'])
  entriesOf(bob).push(['on server 2'])
  expect(await addEntry(cluster.account, cluster.apis[0], { document, key: 'by a program' })).toBe(true)
  const all = ['by a program', 'first', 'on server 1', 'on server 2']
  await Promise.all([alice, bob].map((editor) => sees(editor, ...all)))
  await Promise.all([alice, bob].map((editor) => editor.whenSaved()))
  alice.close()
  bob.close()
  for (const place of [...livePlaces(cluster), ...apiPlaces(cluster)])
    expect((await place.read(document)).toSorted(), place.name).toEqual(all)
  expect(await requestSnapshot(cluster)).toMatch(/^[0-9a-f]{40}$/)

  await cluster.redis.restart()
  const [carol, dave] = [
    await openEditor(cluster.account, one, document),
    await openEditor(cluster.account, two, document),
  ]
  entriesOf(carol).push(['with Redis again'])
  await sees(dave, 'with Redis again')
  carol.close()
  dave.close()
})
