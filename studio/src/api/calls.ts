import type { NexusClient } from '@nexus/client'

/** What the parts of the API are made of. */
export interface Calls {
  readonly http: NexusClient['http']
  /** Without a session. */
  readonly open: NexusClient['http']
  /** What a call answers; a session that is over is announced. */
  typedOf<T>(call: Promise<{ readonly data?: T }>): Promise<T>
  /** The same for answers that say nothing. */
  done(call: Promise<unknown>): Promise<void>
}
