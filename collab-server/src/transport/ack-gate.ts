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
  /** Of the update. */
  readonly bytes: number
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
  /** Bytes of the updates whose acks are being kept. */
  readonly unsavedBytes: number
  /** Nobody waits for acks of `address` any more. */
  forget(address: string): void
}

interface AckGateParts {
  readonly forward: (ack: Uint8Array) => void
  /** Called when {@link AckGate.unsavedBytes} has changed. */
  readonly onUnsaved: () => void
}

export function createAckGate({ forward, onUnsaved }: AckGateParts): AckGate {
  const expectedAcks = new Map<string, ExpectedAck>()
  /** Per address, so that what a closed document owes is forgotten with it. */
  const owedBytes = new Map<string, { bytes: number }>()
  let unsavedBytes = 0

  function keep(address: string, ack: Uint8Array, { live, bytes }: ExpectedAck): void {
    const owed = owedBytes.get(address) ?? { bytes: 0 }
    owedBytes.set(address, owed)
    const change = (by: number): void => {
      owed.bytes += by
      if (owedBytes.get(address) === owed) unsavedBytes += by
      onUnsaved()
    }
    change(bytes)
    live.whenSaved(() => {
      // Whoever has opened the address anew since has other edits waiting: to them it would say that those are saved.
      if (owedBytes.get(address) === owed) forward(ack)
      change(-bytes)
    })
  }

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
      if (isCovered(live.document, coverage)) keep(address, ack, expected)
      else if (!expected.isAnswer) askAgain(expected)
    },
    get unsavedBytes() {
      return unsavedBytes
    },
    forget: (address) => {
      unsavedBytes -= owedBytes.get(address)?.bytes ?? 0
      owedBytes.delete(address)
      expectedAcks.delete(address)
      onUnsaved()
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
