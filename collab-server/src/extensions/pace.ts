import type { Document, Extension } from '@hocuspocus/server'

/** Up to this many connections every change is sent at once. */
const QUIET_ROOM_CONNECTIONS = 8
/** In a crowded room changes of this many ms go out together: a third of the frames (measured). */
const CROWDED_FLUSH_DELAY_MS = 14
/** Updates that are merged into one message at most: merging costs their number squared, and a burst has thousands. */
const MAX_MERGED_UPDATES = 40

/** How often what happens in a document is sent to its sockets. */
export function createPace(): Extension {
  return {
    extensionName: 'pace',
    afterLoadDocument: async ({ document }) => {
      let updateCount = 0
      document.on('update', () => {
        updateCount += 1
        if (updateCount % MAX_MERGED_UPDATES === 0) document.flush()
      })
    },
    connected: async ({ connection }) => {
      const { document } = connection
      setPace(document)
      connection.onClose(() => setPace(document))
    },
  }
}

function setPace(document: Document): void {
  document.flushDelay = document.getConnectionsCount() > QUIET_ROOM_CONNECTIONS ? CROWDED_FLUSH_DELAY_MS : 0
}
