import * as decoding from 'lib0/decoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { RawSocket } from './testkit/raw-socket.ts'
import type { TestNode } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

const [SYNC, AUTH, UPDATE] = [0, 2, 2]

/** A client, and the document it writes; what it is sent is kept apart. */
async function writer(node: TestNode, document: string, user: string) {
  const socket = await RawSocket.open(node.url)
  socket.auth(document, nodes.signer.tokenOf(user))
  await until(() => socket.of(document, AUTH).length > 0)
  const doc = new Y.Doc()
  doc.on('update', (update: Uint8Array) => socket.update(document, update))
  const updates = () =>
    socket
      .of(document, SYNC)
      .filter(([step]) => step === UPDATE)
      .map((frame) => decoding.readVarUint8Array(decoding.createDecoder(frame.subarray(1))))
  return {
    socket,
    updates,
    write: (key: string) => doc.getMap('state').set(key, 1),
    /** Keys that it was sent. */
    seen: () => {
      const seen = new Y.Doc()
      for (const update of updates()) Y.applyUpdate(seen, update)
      return Object.keys(seen.getMap('state').toJSON())
    },
    [Symbol.dispose]: () => socket[Symbol.dispose](),
  }
}

test('[COL79] an edit goes to the others and not back to its author', async () => {
  const { document } = await nodes.panel()
  const node = await nodes.start()
  using alice = await writer(node, document, 'alice')
  using bob = await writer(node, document, 'bob')
  alice.write('first')
  await until(() => bob.seen().includes('first'))
  bob.write('second')
  await until(() => alice.seen().includes('second'))
  expect(alice.seen()).toEqual(['second'])
  expect(bob.seen()).toEqual(['first'])
})

test('[COL79] what several people edit at one moment goes to all of them', async () => {
  const { document } = await nodes.panel()
  const node = await nodes.start()
  using alice = await writer(node, document, 'alice')
  using bob = await writer(node, document, 'bob')
  const keysOf = (user: string) => Array.from({ length: 50 }, (_, index) => `${user}${index}`)
  for (const [index, key] of keysOf('alice').entries()) {
    alice.write(key)
    bob.write(keysOf('bob')[index] ?? '')
    if (index % 10 === 0) await until(() => bob.seen().includes(key))
  }
  await until(() => keysOf('alice').every((key) => bob.seen().includes(key)))
  await until(() => keysOf('bob').every((key) => alice.seen().includes(key)))
})
