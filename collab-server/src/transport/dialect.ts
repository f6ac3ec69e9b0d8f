import type { ErrorCode } from '@nexus/core'
import type { Outgoing } from './outgoing.ts'

/** Ends a socket. */
interface Ending {
  readonly reason: ErrorCode | string
}

/** What a client speaks where it is not the Hocuspocus protocol, which everything behind the socket speaks. */
export interface Dialect {
  /** What came, as a frame of the Hocuspocus protocol; `null`: no client that means well would send it. */
  toOurs(bytes: Uint8Array): Uint8Array | null
  /** A whole WebSocket frame; `null`: the client has no word for it and is told nothing; or the socket ends with it. */
  toTheirs(outgoing: Outgoing): Uint8Array | null | Ending
}

export const HOCUSPOCUS: Dialect = { toOurs: (bytes) => bytes, toTheirs: ({ wire }) => wire }
