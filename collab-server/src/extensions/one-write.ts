import type { Document, Extension } from '@hocuspocus/server'
import type { ConnectionContext } from '../transport/socket.ts'

/**
 * Hocuspocus sends what was edited and who is where as two messages to everybody, one right after the other. Where both
 * wait, each socket writes them together: in a crowded room the writes are what costs.
 */
export function createOneWrite(): Extension<ConnectionContext> {
  return {
    extensionName: 'one-write',
    afterLoadDocument: async ({ document }) => {
      let isEdited = false
      let isMoved = false
      // Before Hocuspocus's own listener of `update`, which may send at once.
      document.on('afterTransaction', () => {
        isEdited = true
      })
      document.awareness.on('update', () => {
        isMoved = true
      })
      const flush = document.flush.bind(document)
      document.flush = () => {
        const isBoth = isEdited && isMoved
        isEdited = false
        isMoved = false
        return isBoth ? together(document, flush) : flush()
      }
    },
  }
}

function together<T>(document: Document, send: () => T): T {
  const sockets = document.getConnections().map(({ context }) => context.socket)
  for (const socket of sockets) socket?.gather()
  try {
    return send()
  } finally {
    for (const socket of sockets) socket?.release()
  }
}
