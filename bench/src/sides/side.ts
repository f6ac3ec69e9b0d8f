export type SideName = 'ours' | 'peer'

/** One server process of a side; comes back on the same port. */
export interface ServerNode {
  /** Origin; the WebSocket is at `/collab`. */
  readonly url: string
  /** Of the process that runs now. */
  readonly pid: number
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>
  /** Starts it again after {@link kill}. Resolves when it takes sockets. */
  start(): Promise<void>
}

/** One product, set up and running: its nodes on a PostgreSQL and a Redis of their own. */
export interface Side {
  readonly name: SideName
  readonly nodes: readonly ServerNode[]
  /** The first node, for what needs one only. */
  readonly node: ServerNode
  /** What clients sign in with. */
  readonly token: string
  /** The same for the client of this number, of several users in turn: one may show only so many clients in a document. */
  tokenOf(client: number): string
  readonly databaseUrl: string
  readonly redisUrl: string
  stopRedis(): Promise<void>
  /** Starts Redis where it was before {@link stopRedis}. */
  startRedis(): Promise<void>
  /** A new empty document. @returns Its name. */
  newDocument(): Promise<string>
  stop(): Promise<void>
}

export interface SideOptions {
  readonly nodes: number
  /** Of each server process, in addition to what it needs. */
  readonly env?: Readonly<Record<string, string>>
}
