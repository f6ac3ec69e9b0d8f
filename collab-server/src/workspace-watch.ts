import type { Connection } from '@hocuspocus/server'
import { type Notice, parseDocumentName, type Unsubscribe } from '@nexus/core'
import type { CollabSocket, ConnectionContext } from './transport/socket.ts'

export type LiveConnection = Connection<ConnectionContext>

/** Everybody of this process who has a document of one workspace open. */
export class WorkspaceWatch {
  readonly connections = new Set<LiveConnection>()
  /** Resolves when notices of the workspace arrive. */
  readonly subscribed: Promise<Unsubscribe>
  /** When what its sockets know was last changed; `null` until the next answer says. */
  #knownAt: Date | null = null

  constructor(subscribed: Promise<Unsubscribe>) {
    this.subscribed = subscribed
  }

  /** Tells each socket once, however many documents it has open. What they read then is all there is now. */
  tell(notice: Notice): void {
    this.#knownAt = null
    const text = JSON.stringify(notice)
    for (const connection of this.#onePerSocket()) connection.sendStateless(text)
  }

  /** The workspace was last changed at `at`. When no notice of that has come, its sockets are told to look. */
  noteChange(at: Date, look: Notice): void {
    if (this.#knownAt !== null && at > this.#knownAt) this.tell(look)
    if (this.#knownAt === null || at > this.#knownAt) this.#knownAt = at
  }

  /** The connection to the workspace's own document, where a socket has it: every studio does. */
  #onePerSocket(): Iterable<LiveConnection> {
    const chosen = new Map<CollabSocket, LiveConnection>()
    for (const connection of this.connections) {
      const { socket } = connection.context
      const isWorkspace = parseDocumentName(connection.document.name)?.panelId === null
      if (isWorkspace || !chosen.has(socket)) chosen.set(socket, connection)
    }
    return chosen.values()
  }
}
