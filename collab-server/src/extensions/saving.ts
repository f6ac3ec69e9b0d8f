import { type Connection, type Extension, isTransactionOrigin } from '@hocuspocus/server'
import { FROM_LOG, type SavedEdit } from '../documents/live-document.ts'
import type { LiveDocuments } from '../documents/live-documents.ts'
import type { CollabSocket, ConnectionContext } from '../transport/socket.ts'

/** Of a document that may have to be opened once more for a client: so many bytes cost one of its messages. */
const BYTES_PER_TOKEN = 1_000

/**
 * Writes every edit made here into the log.
 *
 * In a listener, not in the `onChange` hook: that one runs after the ack has been sent, and its failure would end the
 * process (hocuspocus 4.7, #754).
 */
export function createSaving({
  documents,
  onSaving,
}: {
  readonly documents: LiveDocuments
  /** An edit was handed to the log. */
  readonly onSaving: () => void
}): Extension<ConnectionContext> {
  return {
    extensionName: 'saving',
    afterLoadDocument: async ({ document }) => {
      document.on('update', (update: Uint8Array, origin: unknown) => {
        if (origin === FROM_LOG) return
        const live = documents.of(document)
        const connection = connectionOf(origin)
        const edit = editOf(connection)
        // It may have to be looked for in the log: that is opening the document once more.
        if (edit.isResent && live !== undefined) {
          connection?.context.socket.charge(live.tail.documentBytes / BYTES_PER_TOKEN)
        }
        live?.save(update, edit)
        onSaving()
      })
    },
  }
}

type ClientConnection = Connection<ConnectionContext>

const connectionOf = (origin: unknown): ClientConnection | null =>
  isTransactionOrigin(origin) && origin.source === 'connection'
    ? (origin.connection as ClientConnection)
    : null

function editOf(connection: ClientConnection | null): SavedEdit {
  // Edits of tests and of Hocuspocus itself have no socket.
  const socket: CollabSocket | undefined = connection?.context.socket
  return {
    userId: socket?.caller?.userId ?? null,
    triggeredBy: socket === undefined ? 'system' : 'user',
    triggerSource: null,
    changeType: 'updated',
    clientSession: connection?.socketId ?? null,
    isResent: connection !== null && socket?.acks.isAnswer(connection.messageAddress) === true,
  }
}
