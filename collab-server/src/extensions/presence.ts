import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Connection, Document, Extension } from '@hocuspocus/server'
import { type Fanout, type NodeId, parseDocumentName, toDocumentName } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import { DocumentPresence } from '../presence/document-presence.ts'
import { NodeWatch } from '../presence/node-watch.ts'
import type { CollabSocket, ConnectionContext } from '../transport/socket.ts'

/** Documents that are asked about in one turn of the event loop. */
const CHUNK = 200

interface PresenceParts {
  readonly fanout: Fanout
  readonly nodeId: NodeId
  readonly logger: Logger
  readonly delayMs: number
  readonly renewalMs: number
  /** A process not heard for this long is taken for gone, ms. */
  readonly silenceMs: number
  readonly now: () => number
}

export interface Presence {
  readonly extension: Extension<ConnectionContext>
  /** Takes a client's presence message. @returns `false` when it cannot be understood. */
  take(connection: Connection<ConnectionContext>, states: Uint8Array): boolean
  /** Begins to listen to other processes. @returns What ends it, and tells them that our people are gone. */
  start(): () => void
  /** Called at a steady pace: tells the others that we live, and removes the people of silent ones. */
  beat(): void
}

/**
 * Who is where: between the sockets of this process, and from process to process. Clients' messages come from the
 * socket and never pass through Hocuspocus, which makes a whole Yjs document for each (a quarter of its CPU time,
 * measured).
 */
export function createPresence(parts: PresenceParts): Presence {
  const { fanout, nodeId, logger } = parts
  const open = new Map<Document, DocumentPresence>()
  const others = new NodeWatch({
    ...parts,
    onGone: (node) => {
      for (const presence of open.values()) safely(() => presence.drop(node))
    },
    onReturn: () => void meetAll(),
  })

  /** Nobody's presence is worth a process. */
  function safely(task: () => void): void {
    try {
      task()
    } catch (error) {
      logger.error({ err: error }, 'presence could not be passed on')
    }
  }

  /** Tells the others who is here and asks who is there, everywhere: what was said before may be lost. */
  async function meetAll(): Promise<void> {
    let count = 0
    for (const presence of [...open.values()]) {
      safely(() => presence.meet())
      count += 1
      if (count % CHUNK === 0) await nextTurn()
    }
  }

  const attach = (document: Document): void => {
    const address = parseDocumentName(document.name)
    if (address === null) return
    const name = toDocumentName(address)
    const presence = new DocumentPresence({ ...parts, document, name })
    open.set(document, presence)
    const subscribed = fanout.onPresence(name, (message) =>
      safely(() => {
        if (message.sender !== nodeId) others.heard(message.sender)
        presence.receive(message)
      }),
    )
    subscribed.then(
      () => presence.sayHello(),
      (error: unknown) => logger.debug({ err: error, document: name }, 'no presence from other processes'),
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
    start() {
      const stopGap = fanout.onGap(() => {
        others.startOver()
        void meetAll()
      })
      const pulses = fanout.onPulse((pulse) => others.take(pulse))
      return () => {
        stopGap()
        pulses.then(
          (stop) => stop(),
          () => undefined,
        )
        fanout.publishPulse({ node: nodeId, state: 'leaving' })
      }
    },
    beat() {
      fanout.publishPulse({ node: nodeId, state: 'alive' })
      others.look()
    },
  }
}

const identityOf = (socket: CollabSocket | undefined) => ({
  userId: socket?.caller?.userId ?? '',
  name: socket?.caller?.name ?? '',
})
