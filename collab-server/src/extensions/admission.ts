import type { beforeSyncPayload, Extension } from '@hocuspocus/server'
import { CLOSE_CODES } from '@nexus/core'
import * as Y from 'yjs'
import { type Coverage, coverageOf, type DecodedUpdate, isCovered } from '../documents/coverage.ts'
import type { LiveDocument } from '../documents/live-document.ts'
import type { LiveDocuments } from '../documents/live-documents.ts'
import { isTooDeep } from '../documents/nesting.ts'
import { hasTooManyRoots } from '../documents/root-names.ts'
import { Refusal } from '../refusal.ts'
import type { ConnectionContext } from '../transport/socket.ts'

const STATE_VECTOR = 0
const ANSWER = 1

/**
 * Looks at each update before Yjs does: what is not an update ends the socket with nothing applied, what would make
 * the document too large too, and what is fine tells the ack gate what its ack will promise.
 */
export function createAdmission({
  documents,
  maxDocumentBytes,
}: {
  readonly documents: LiveDocuments
  readonly maxDocumentBytes: number
}): Extension<ConnectionContext> {
  return {
    extensionName: 'admission',
    beforeSync: async (message) => {
      const { connection, document, payload, type } = message
      if (type === STATE_VECTOR) {
        decoded(message, Y.decodeStateVector)
        return
      }
      const live = documents.of(document)
      const update = decoded(message, Y.decodeUpdate)
      if (live === undefined) throw new Refusal('internal')
      const coverage = coverageOf(update)
      const abuse = connection.readOnly ? null : abuseIn(document, update)
      if (abuse !== null) {
        connection.context.socket.close(CLOSE_CODES.badRequest, abuse)
        throw new Refusal('bad_request', CLOSE_CODES.badRequest)
      }
      if (
        !connection.readOnly &&
        isTooMuch(live, coverage, { bytes: payload.byteLength, maxDocumentBytes })
      ) {
        connection.context.socket.close(CLOSE_CODES.tooLarge, `a document may have ${maxDocumentBytes} bytes`)
        throw new Refusal('payload_too_large', CLOSE_CODES.tooLarge)
      }
      connection.context.socket.acks.expect(connection.messageAddress, {
        live,
        connection,
        // Hocuspocus looks itself into what a reader sends, and applies none of it.
        coverage: connection.readOnly ? new Map() : coverage,
        isAnswer: type === ANSWER,
        bytes: payload.byteLength,
      })
    },
  }
}

/** What Yjs would apply, and nobody could work with afterwards; `null` when there is nothing of the kind. */
function abuseIn(document: Y.Doc, { structs }: DecodedUpdate): string | null {
  if (isTooDeep(document, structs)) return 'the edit nests too deep'
  return hasTooManyRoots(document, structs) ? 'the document has too many roots' : null
}

/** @throws {Refusal} when the bytes cannot be decoded; the socket is closed then. */
function decoded<T>(
  { connection, payload }: beforeSyncPayload<ConnectionContext>,
  decode: (bytes: Uint8Array) => T,
): T {
  try {
    return decode(payload)
  } catch {
    connection.context.socket.close(CLOSE_CODES.badRequest, 'the edit cannot be understood')
    throw new Refusal('bad_request', CLOSE_CODES.badRequest)
  }
}

/** What the document has already costs nothing; the estimate is checked before somebody is refused for it. */
function isTooMuch(
  { document, tail }: LiveDocument,
  coverage: Coverage,
  { bytes, maxDocumentBytes }: { readonly bytes: number; readonly maxDocumentBytes: number },
): boolean {
  if (tail.documentBytes + bytes <= maxDocumentBytes || isCovered(document, coverage)) return false
  tail.measured(Y.encodeStateAsUpdate(document).byteLength)
  return tail.documentBytes + bytes > maxDocumentBytes
}
