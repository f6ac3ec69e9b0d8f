import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createGatedLog } from './testkit/gated-log.ts'
import { frame, RawSocket } from './testkit/raw-socket.ts'
import { isSaved, stateOf, type TestNode } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

const [SYNC, AUTH, STATE_VECTOR, ANSWER] = [0, 2, 0, 1]
const NOTHING_YET = Uint8Array.of(0)

async function signedIn(node: TestNode, document: string): Promise<RawSocket> {
  const socket = await RawSocket.open(node.url)
  socket.auth(document, nodes.signer.tokenOf('alice'))
  await until(() => socket.of(document, AUTH).length > 0)
  return socket
}

test('[COL1] whoever opens a document again on the same socket is not told of edits of the time before', async () => {
  const { document } = await nodes.panel()
  const log = createGatedLog(nodes.log)
  const node = await nodes.start({ log })
  const tab = nodes.tab(node)
  const doc = new Y.Doc()
  const before = tab.open(document, { document: doc })
  await until(() => isSaved(before))
  log.holdAppends()
  stateOf(before).set('first', 1)
  await until(() => node.server.counts().unsavedBytes > 0)
  before.destroy()
  const after = tab.open(document, { document: doc })
  await until(() => after.isSynced)
  stateOf(after).set('second', 2)
  // The answer at its opening, and the second edit.
  expect(after.unsyncedChanges).toBe(2)
  const held = node.server.counts().unsavedBytes
  await until(() => node.server.counts().unsavedBytes > held)
  // The first edit commits, the second waits: an ack of the first must not count for the second.
  log.open()
  log.holdAppends()
  await until(async () => (await nodes.entriesOf(document)).length === 2 && after.unsyncedChanges < 2)
  // A whole exchange later.
  const bob = nodes.tab(node, 'bob').open(document)
  await until(() => bob.isSynced)
  expect(after.unsyncedChanges).toBe(1)
  log.open()
  await until(() => isSaved(after))
  expect(await nodes.entriesOf(document)).toHaveLength(3)
})

test('[COL99] hundreds of requests for a document in one piece are one answer', async () => {
  const { document } = await nodes.panel()
  const node = await nodes.start()
  using socket = await signedIn(node, document)
  const other = nodes.tab(node, 'bob').open(document)
  await until(() => isSaved(other))
  const asked = Buffer.concat(
    Array.from({ length: 200 }, () => masked(frame(document, SYNC, STATE_VECTOR, NOTHING_YET))),
  )
  rawStreamOf(socket).write(asked)
  await until(() => answersTo(socket, document) > 0)
  stateOf(other).set('title', 'Plan')
  await until(() => isSaved(other))
  expect(answersTo(socket, document)).toBe(1)
})

test('[COL99] one socket opens a document in sixteen sessions at most', async () => {
  const { document } = await nodes.panel()
  const node = await nodes.start()
  using socket = await RawSocket.open(node.url)
  const addresses = Array.from({ length: 20 }, (_, index) => `${document}\0${index}`)
  for (const address of addresses) socket.auth(address, nodes.signer.tokenOf('alice'))
  const answered = () => addresses.map((address) => socket.of(address, AUTH)[0]?.[0])
  await until(() => answered().every((answer) => answer !== undefined))
  const PERMISSION_DENIED = 1
  expect(answered().filter((answer) => answer === PERMISSION_DENIED)).toHaveLength(4)
})

const answersTo = (socket: RawSocket, document: string): number =>
  socket.of(document, SYNC).filter(([step]) => step === ANSWER).length

/** What the client's WebSocket stands on, to write several frames as one piece. */
const rawStreamOf = ({ ws }: RawSocket): { write(bytes: Uint8Array): void } => Reflect.get(ws, '_socket')

/** A client's frame with the mask 0, below 126 bytes. */
const masked = (message: Uint8Array): Uint8Array =>
  Uint8Array.of(0x82, 0x80 | message.length, 0, 0, 0, 0, ...message)
