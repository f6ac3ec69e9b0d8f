import { expect, test } from 'vitest'
import { createOutgoing } from './outgoing.ts'

/** An awareness message of some size for the document `d`. */
const message = (bytes: number): Uint8Array => {
  const content = new Uint8Array(bytes).fill(7)
  content.set([1, 100, 1])
  return content
}

test('[COL78] a message that goes to many sockets is framed once', () => {
  const toOutgoing = createOutgoing()
  const broadcast = message(50)
  const first = toOutgoing(broadcast)
  expect(toOutgoing(broadcast)).toBe(first)
  expect(toOutgoing(message(50))).not.toBe(first)
  expect(first.kind).toEqual({ kind: 'awareness' })
})

test.each([
  [3, [0x82, 3]],
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [65_535, [0x82, 126, 255, 255]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])('[COL78] %i bytes have the head RFC 6455 says', (bytes, head) => {
  const { wire } = createOutgoing()(message(bytes))
  expect([...wire.subarray(0, head.length)]).toEqual(head)
  expect(wire.subarray(head.length)).toEqual(Buffer.from(message(bytes)))
})
