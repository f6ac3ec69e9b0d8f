import type { Connection, Document, Extension } from '@hocuspocus/server'
import { CLOSE_CODES } from '@nexus/core'
import type { LiveDocuments } from '../documents/live-documents.ts'
import type { Rights } from '../rights.ts'
import type { ConnectionContext } from '../transport/socket.ts'

/** Up to this many connections every change is sent at once. */
const QUIET_ROOM_CONNECTIONS = 8
/** In a crowded room changes of this many ms go out together: a third of the frames (measured). */
const CROWDED_FLUSH_DELAY_MS = 15

/** Keeps track of who is connected to what: for the socket's fast paths, for rights, and for the pace of sending. */
export function createConnections({
  documents,
  rights,
}: {
  readonly documents: LiveDocuments
  readonly rights: Rights
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
      enter(connection)
      rights.watch(connection)
      connection.onClose(() => {
        leave(connection)
        rights.unwatch(connection)
      })
    },
  }
}

function enter(connection: Connection<ConnectionContext>): void {
  connection.context.socket.establish(connection)
  setPace(connection.document)
}

function leave(connection: Connection<ConnectionContext>): void {
  connection.context.socket.forget(connection.messageAddress)
  setPace(connection.document)
}

function setPace(document: Document): void {
  document.flushDelay = document.getConnectionsCount() > QUIET_ROOM_CONNECTIONS ? CROWDED_FLUSH_DELAY_MS : 0
}
