import type { Extension } from '@hocuspocus/server'
import { CLOSE_CODES } from '@nexus/core'
import type { LiveDocuments } from '../documents/live-documents.ts'
import type { Rights } from '../rights.ts'
import type { ConnectionContext } from '../transport/socket.ts'

/** Keeps track of who is connected to what: for the socket's presence, and for rights. */
export function createConnections({
  documents,
  rights,
  maxPerDocument,
}: {
  readonly documents: LiveDocuments
  readonly rights: Rights
  readonly maxPerDocument: number
}): Extension<ConnectionContext> {
  return {
    extensionName: 'connections',
    connected: async ({ connection }) => {
      const { document } = connection
      // Its messages may have ended it already, before this hook.
      if (!document.hasConnection(connection)) return
      if (documents.of(document)?.isLost) {
        connection.context.socket.close(CLOSE_CODES.tryAgainLater, 'the document is being closed')
        return
      }
      if (document.getConnectionsCount() > maxPerDocument) {
        // That document alone: what else the socket has open is none of it.
        connection.close({ code: CLOSE_CODES.rateLimited, reason: 'rate_limited' })
        return
      }
      const { socket } = connection.context
      socket.establish(connection)
      rights.watch(connection)
      connection.onClose(() => {
        socket.forget(connection.messageAddress)
        documents.of(document)?.clientLeft(connection.socketId)
        rights.unwatch(connection)
      })
    },
  }
}
