import { type Extension, isTransactionOrigin } from '@hocuspocus/server'
import { FROM_LOG, type SavedEdit } from '../documents/live-document.ts'
import type { LiveDocuments } from '../documents/live-documents.ts'
import type { CollabSocket, ConnectionContext } from '../transport/socket.ts'

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
        documents.of(document)?.save(update, editOf(origin))
        onSaving()
      })
    },
  }
}

function editOf(origin: unknown): SavedEdit {
  const connection = isTransactionOrigin(origin) && origin.source === 'connection' ? origin.connection : null
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
