import type { ErrorCode } from '@nexus/core'
import type { Outgoing } from './outgoing.ts'

/** Ends a socket. */
interface Ending {
  readonly reason: ErrorCode | string
}

/** What a client speaks where it is not the Hocuspocus protocol, which everything behind the socket speaks. */
export interface Dialect {
  /**
   * What came, as a frame of the Hocuspocus protocol; `null`: no client that means well would send it; `NOTHING`: nothing is
   * to be done about it.
   */
  toOurs(bytes: Uint8Array): Uint8Array | null
  /** A whole WebSocket frame; `null`: the client has no word for it and is told nothing; or the socket ends with it. */
  toTheirs(outgoing: Outgoing): Uint8Array | null | Ending
}

/** No frame is empty. */
export const NOTHING: Uint8Array = new Uint8Array()

export const HOCUSPOCUS: Dialect = { toOurs: (bytes) => bytes, toTheirs: ({ wire }) => wire }
