import createHttp, { type Client } from 'openapi-fetch'
import { type BatchChange, type BatchOptions, type SavedBatch, saveBatch } from './batch.ts'
import { createLive, type Live } from './live.ts'
import type { paths } from './openapi.ts'
import { createPanel, type Panel } from './panel.ts'
import { createSend } from './send.ts'
import { type Token, toTokenSource } from './token-source.ts'

export interface ClientOptions {
  /** Origin of the server, such as `https://nexus.example.org`. */
  readonly baseUrl: string
  /** Access token; absent for what needs none, and where the caller sets `authorization` itself. */
  readonly token?: Token
  /** In place of the platform's. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Sent along with every request; in a browser, whether cookies are. */
  readonly credentials?: 'omit' | 'same-origin' | 'include'
  /** Longest silence of the server: until an answer begins, and between two parts of it, ms. Default 30 s. */
  readonly timeoutMs?: number
  /** Of one request that may be repeated, the first included. Default 4. */
  readonly maxTries?: number
  /** In place of the platform's; Node below 22 has none. */
  readonly WebSocket?: typeof WebSocket
}

export interface NexusClient {
  /**
   * Every route, by its path: `http.GET('/api/workspaces')`. Parameters, bodies and answers have the types of the OpenAPI
   * document. Refused requests throw {@link ApiError}.
   */
  readonly http: Client<paths>
  /** The state of one panel, its history and its changes. */
  panel(workspaceId: string, panelId: string): Panel
  /** Changes several panels in one commit, or none of them. */
  batch(workspaceId: string, changes: readonly BatchChange[], options?: BatchOptions): Promise<SavedBatch>
  /** The panels of one workspace as they change, over one WebSocket. */
  live(workspaceId: string): Live
}

/** A client of a Nexus server. Nothing is sent before something is asked for. */
export function createClient(options: ClientOptions): NexusClient {
  const { baseUrl, credentials, timeoutMs = 30_000, maxTries = 4, fetch: given } = options
  const token = options.token === undefined ? null : toTokenSource(options.token)
  const send = createSend({ token, fetch: given ?? ((request) => fetch(request)), timeoutMs, maxTries })
  const http = createHttp<paths>({
    baseUrl,
    fetch: send,
    ...(credentials === undefined ? {} : { credentials }),
  })
  return {
    http,
    panel: (workspaceId, panelId) => createPanel(http, { workspaceId, panelId }),
    batch: (workspaceId, changes, options) => saveBatch(http, { workspaceId, changes, options }),
    live: (workspaceId) =>
      createLive({ baseUrl, workspaceId, token, http, WebSocket: options.WebSocket ?? globalThis.WebSocket }),
  }
}
