import { type Connection, OutgoingMessage } from '@hocuspocus/server'
import type { Coverage } from '../documents/coverage.ts'
import { isCovered } from '../documents/coverage.ts'
import type { LiveDocument } from '../documents/live-document.ts'

/** What the next ack on one address would promise. */
interface ExpectedAck {
  readonly live: LiveDocument
  readonly connection: Connection
  readonly coverage: Coverage
  /** The client answered our state vector, as opposed to sending an edit. */
  readonly isAnswer: boolean
}

/**
 * Keeps Hocuspocus's acks until they are true: it sends them when an update was offered to Yjs, which is neither
 * "applied" nor "saved".
 */
export interface AckGate {
  /** Called before each update of `address` is applied; its ack follows before the next one. */
  expect(address: string, expected: ExpectedAck): void
  /** Whether the update of `address` that is being applied is the client's answer to our state vector. */
  isAnswer(address: string): boolean
  /** Called with each ack as it is sent. It reaches the client when the update and all before it are committed. */
  pass(address: string, ack: Uint8Array): void
}

export function createAckGate(forward: (frame: Uint8Array) => void): AckGate {
  const expectedAcks = new Map<string, ExpectedAck>()
  return {
    expect: (address, expected) => {
      expectedAcks.set(address, expected)
    },
    isAnswer: (address) => expectedAcks.get(address)?.isAnswer === true,
    pass: (address, ack) => {
      const expected = expectedAcks.get(address)
      expectedAcks.delete(address)
      if (expected === undefined) return
      const { live, coverage } = expected
      if (isCovered(live.document, coverage)) live.whenSaved(() => forward(ack))
      else if (!expected.isAnswer) askAgain(expected)
    },
  }
}

/**
 * The edit builds on something we do not have (a client types before its reconnect handshake is through). The client
 * answers with all we lack, this edit included; the ack of that answer stands for this one, so none is sent here.
 */
function askAgain({ connection, live }: ExpectedAck): void {
  const request = new OutgoingMessage(connection.messageAddress)
    .createSyncMessage()
    .writeFirstSyncStepFor(live.document)
  connection.send(request.toUint8Array())
}
