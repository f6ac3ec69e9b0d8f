import { once } from 'node:events'
import { createRandom } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { RawSocket } from './testkit/raw-socket.ts'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)

/** Updates of somebody who edits, some of them with a few bytes changed, cut, doubled or left out. */
function hostileUpdates(count: number): Uint8Array[] {
  const random = createRandom(seed)
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => {
    const spoiled = update.slice()
    const kind = random.below(6)
    if (kind === 0) spoiled[random.below(spoiled.length)] = random.below(256)
    if (kind === 1) updates.push(spoiled.slice(0, random.below(spoiled.length)))
    else if (kind !== 2) updates.push(spoiled)
    if (kind === 3) updates.push(update)
  })
  const text = doc.getText('nxml')
  const map = doc.getMap('state')
  for (let at = 0; at < count; at += 1) {
    const kind = random.below(4)
    if (kind === 0) text.insert(random.below(text.length + 1), 'edit')
    else if (kind === 1 && text.length > 2) text.delete(0, 1 + random.below(2))
    else if (kind === 2) map.set(`key${random.below(6)}`, new Y.Map([['inner', at]]))
    else map.set(`key${random.below(6)}`, { plain: [at, null, 'x'] })
    // What came before and was spoiled comes again, or everything after it would only wait for it.
    if (at % 5 === 0) updates.push(Y.encodeStateAsUpdate(doc))
  }
  return updates
}

test(`[COL59] whatever clients send, the log alone gives what people see (FUZZ_SEED=${seed})`, async () => {
  const { document } = await nodes.panel()
  const node = await nodes.start()
  const bob = nodes.tab(node, 'bob').open(document)
  await until(() => isSaved(bob))
  let socket: RawSocket | null = null
  let closedCount = 0
  for (const update of hostileUpdates(1_000)) {
    if (socket === null || socket.ws.readyState !== socket.ws.OPEN) {
      const fresh = await RawSocket.open(node.url)
      fresh.auth(document, nodes.signer.tokenOf('alice'))
      await until(() => fresh.of(document, 2).length > 0)
      socket = fresh
    }
    const answered = once(socket.ws, 'message')
    socket.update(document, update)
    if (await Promise.race([answered.then(() => false), socket.closed.then(() => true)])) closedCount += 1
  }
  expect(closedCount).toBeGreaterThan(10)
  expect((await nodes.entriesOf(document)).length).toBeGreaterThan(100)
  stateOf(bob).set('done', true)
  await until(() => isSaved(bob) && node.server.counts().unsavedBytes === 0)
  socket?.ws.terminate()
  await until(() => node.server.counts().sockets === 1)
  stateOf(bob).set('done', 'really')
  await until(() => isSaved(bob))
  const replayed = new Y.Doc()
  for (const { update } of await nodes.entriesOf(document)) Y.applyUpdate(replayed, update)
  expect(replayed.store.pendingStructs).toBeNull()
  const later = nodes.tab(node, 'alice').open(document)
  await until(() => isSaved(later))
  expect(replayed.getMap('state').toJSON()).toEqual(stateOf(later).toJSON())
  expect(replayed.getText('nxml').toString()).toBe(later.document.getText('nxml').toString())
  expect(stateOf(bob).toJSON()).toEqual(stateOf(later).toJSON())
})
