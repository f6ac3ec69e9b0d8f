import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What a service shows to whoever runs it: a process of its own, or the one process of `standalone`. */
export interface Service extends AsyncDisposable {
  readonly name: string
  /** Answers every request it is given (404 for paths it does not know). Absent: the service has no HTTP of its own. */
  readonly handleRequest?: (request: IncomingMessage, response: ServerResponse) => void
  /** @returns `false` when the path is not this service's; the socket is then untouched. */
  readonly handleUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
  /** Begins timers and subscriptions. Resolves when the service is ready to work. */
  start(): Promise<void>
  /** Takes no new work, finishes what is under way, closes clients. Resolves within the drain time. */
  drain(): Promise<void>
  /** Cheap and without side effects; called by the readiness probe. */
  health(): Promise<Health>
}

export interface Health {
  readonly ready: boolean
  /** One word or sentence for each part, such as `{database: 'ok', fanout: 'reconnecting'}`. */
  readonly parts: Readonly<Record<string, string>>
}
