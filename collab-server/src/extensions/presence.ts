import type { Connection, Document, Extension } from '@hocuspocus/server'
import { type Fanout, type NodeId, parseDocumentName, toDocumentName } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import { DocumentPresence } from '../presence/document-presence.ts'
import type { CollabSocket, ConnectionContext } from '../transport/socket.ts'

interface PresenceParts {
  readonly fanout: Fanout
  readonly nodeId: NodeId
  readonly logger: Logger
  readonly delayMs: number
  /** A process not heard for this long is taken for gone, ms. */
  readonly silenceMs: number
  readonly now: () => number
}

export interface Presence {
  readonly extension: Extension<ConnectionContext>
  /** Takes a client's presence message. @returns `false` when it cannot be understood. */
  take(connection: Connection<ConnectionContext>, states: Uint8Array): boolean
  /** Called at a steady pace: repeats our presence to the others, and removes that of silent ones. */
  beat(): void
}

/**
 * Who is where: between the sockets of this process, and from process to process. Clients' messages come from the
 * socket and never pass through Hocuspocus, which makes a whole Yjs document for each (a quarter of its CPU time,
 * measured).
 */
export function createPresence(parts: PresenceParts): Presence {
  const open = new Map<Document, DocumentPresence>()

  /** Nobody's presence is worth a process. */
  const safely = (task: () => void): void => {
    try {
      task()
    } catch (error) {
      parts.logger.error({ err: error }, 'presence could not be passed on')
    }
  }

  const attach = (document: Document): void => {
    const address = parseDocumentName(document.name)
    if (address === null) return
    const name = toDocumentName(address)
    const presence = new DocumentPresence({ ...parts, document, name })
    open.set(document, presence)
    const subscribed = parts.fanout.onPresence(name, (message) => safely(() => presence.receive(message)))
    subscribed.then(
      () => presence.sayHello(),
      (error: unknown) =>
        parts.logger.debug({ err: error, document: name }, 'no presence from other processes'),
    )
    document.on('destroy', () => {
      open.delete(document)
      subscribed.then(
        (unsubscribe) => unsubscribe(),
        () => undefined,
      )
    })
  }

  return {
    extension: {
      extensionName: 'presence',
      afterLoadDocument: async ({ document }) => attach(document),
    },
    take: (connection, states) =>
      open.get(connection.document)?.take(connection, identityOf(connection.context.socket), states) ?? true,
    beat: () => {
      for (const presence of open.values()) {
        safely(() => {
          presence.publishAll()
          presence.dropSilent(parts.now() - parts.silenceMs)
        })
      }
    },
  }
}

const identityOf = (socket: CollabSocket | undefined) => ({
  userId: socket?.caller?.userId ?? '',
  name: socket?.caller?.name ?? '',
})
