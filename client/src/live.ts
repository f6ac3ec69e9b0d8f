import type { StateMessage, StateSocketRequest } from '@nexus/core/http-contract'
import type { Client } from 'openapi-fetch'
import { ApiError, isApiError, isPassing } from './api-error.ts'
import { pauseBefore } from './back-off.ts'
import { type FollowedPanel, followPanel, type PanelListener } from './followed-panel.ts'
import type { paths } from './openapi.ts'
import type { TokenSource } from './token-source.ts'

/** The panels of one workspace as they change. */
export interface Live {
  /**
   * Tells the state of a panel now, and after every version. Goes on by itself after a lost connection, from the version it
   * had: no version is told twice, and none is left out unless the whole state is told in its place.
   *
   * @returns Ends it.
   */
  follow(panelId: string, listener: PanelListener): () => void
  /** Ends everything. */
  close(): void
}

interface LiveParts {
  readonly baseUrl: string
  readonly workspaceId: string
  readonly token: TokenSource | null
  readonly http: Client<paths>
  readonly WebSocket: typeof WebSocket
}

/** A connection that says nothing for so long, asked or not, is taken for dead, ms. */
const PING_MS = 20_000
/** A connection that stood for so long was a good one: the next pause is a short one again, ms. */
const GOOD_MS = 5_000
/** Refusals that say nothing about the panel. */
const PASSING = new Set(['unavailable', 'internal', 'rate_limited'])

export function createLive(parts: LiveParts): Live {
  const panels = new Map<string, FollowedPanel>()
  let connection: Connection | null = null
  let retry: ReturnType<typeof setTimeout> | null = null
  let failures = 0
  /** Panels asked for again since one was told. */
  let asks = 0
  /** The server has refused it. */
  let refused: string | null = null

  const end = (error: ApiError | null): void => {
    const ended = [...panels.values()]
    panels.clear()
    disconnect()
    if (error !== null) for (const panel of ended) panel.end(error)
  }
  const disconnect = (): void => {
    if (retry !== null) clearTimeout(retry)
    retry = null
    connection?.close()
    connection = null
  }

  async function connect(): Promise<void> {
    retry = null
    try {
      const token = await currentToken()
      if (panels.size === 0 || connection !== null) return
      connection = openConnection(parts, token, {
        onOpen: () => {
          for (const panel of panels.values()) connection?.say(panel.request())
        },
        onMessage,
        onClose: (stoodMs) => {
          connection = null
          failures = stoodMs > GOOD_MS ? 0 : failures + 1
          // Refused before it stood: a browser is not told why, but the answer to a request says it.
          if (stoodMs === 0) refused = token
          void (stoodMs === 0 ? askWhy() : Promise.resolve()).finally(reconnect)
        },
      })
    } catch (error) {
      onRefused(error)
      failures += 1
      reconnect()
    }
  }

  async function currentToken(): Promise<string | null> {
    const { token } = parts
    if (token === null) return null
    const text = refused === null ? await token.current() : await token.replace(refused)
    refused = null
    return text
  }

  async function askWhy(): Promise<void> {
    try {
      const params = { path: { workspaceId: parts.workspaceId } }
      await parts.http.GET('/api/workspaces/{workspaceId}', { params })
    } catch (error) {
      onRefused(error)
    }
  }

  const onRefused = (error: unknown): void => {
    if (isApiError(error) && !isPassing(error)) end(error)
  }
  const reconnect = (): void => {
    if (panels.size === 0 || connection !== null || retry !== null) return
    retry = setTimeout(() => void connect(), failures === 0 ? 0 : pauseBefore(failures))
  }

  const onMessage = (message: StateMessage): void => {
    if (message.type === 'pong') return
    if (message.type === 'error') {
      onError(message)
      return
    }
    asks = 0
    const panel = panels.get(message.panelId)
    if (panel?.take(message) === 'gap') {
      // Never by a server that keeps to its word; the whole state puts it right.
      connection?.say({ type: 'unsubscribe', panelId: message.panelId })
      connection?.say({ type: 'subscribe', panelId: message.panelId })
    }
  }
  const onError = ({ panelId, code, message }: Extract<StateMessage, { type: 'error' }>): void => {
    const panel = panelId === undefined ? undefined : panels.get(panelId)
    if (panelId === undefined || panel === undefined) return
    if (PASSING.has(code)) {
      askAgain(panelId, panel)
      return
    }
    panels.delete(panelId)
    panel.end(new ApiError({ status: 0, code, message }))
    if (panels.size === 0) disconnect()
  }

  /** The server could not open it now; a connection that has ended meanwhile asks by itself when it is back. */
  const askAgain = (panelId: string, panel: FollowedPanel): void => {
    const asked = connection
    asks += 1
    setTimeout(() => {
      if (panels.get(panelId) === panel && connection === asked) connection?.say(panel.request())
    }, pauseBefore(asks))
  }

  return {
    follow(panelId, listener) {
      const panel = panels.get(panelId) ?? followPanel(panelId)
      const isNew = !panels.has(panelId)
      panels.set(panelId, panel)
      const stop = panel.listen(listener)
      if (isNew && connection?.isOpen === true) connection.say(panel.request())
      if (connection === null) reconnect()
      return () => {
        stop()
        if (panel.hasListeners || panels.get(panelId) !== panel) return
        panels.delete(panelId)
        if (panels.size === 0) disconnect()
        else connection?.say({ type: 'unsubscribe', panelId })
      }
    },
    close: () => end(null),
  }
}

interface Connection {
  readonly isOpen: boolean
  say(request: StateSocketRequest): void
  close(): void
}

interface ConnectionListener {
  onOpen(): void
  onMessage(message: StateMessage): void
  /** @param stoodMs - How long it was open; 0: it never was. Not called after `close`. */
  onClose(stoodMs: number): void
}

function openConnection(
  { baseUrl, workspaceId, WebSocket: Socket }: LiveParts,
  token: string | null,
  listener: ConnectionListener,
): Connection {
  const url = new URL(`/ws/state/${workspaceId}`, baseUrl)
  url.protocol = url.protocol.replace('http', 'ws')
  if (token !== null) url.searchParams.set('token', token)
  const socket = new Socket(url)
  let openedAt: number | null = null
  let isOver = false
  let isQuiet = false
  const say = (request: StateSocketRequest): void => {
    if (socket.readyState === Socket.OPEN) socket.send(JSON.stringify(request))
  }
  const pinging = setInterval(() => {
    if (isQuiet) finish()
    isQuiet = true
    say({ type: 'ping' })
  }, PING_MS)
  const close = (): void => {
    isOver = true
    clearInterval(pinging)
    socket.close()
  }
  const finish = (): void => {
    if (isOver) return
    close()
    listener.onClose(openedAt === null ? 0 : Math.max(1, performance.now() - openedAt))
  }
  socket.addEventListener('open', () => {
    openedAt = performance.now()
    if (!isOver) listener.onOpen()
  })
  socket.addEventListener('message', ({ data }) => {
    isQuiet = false
    if (!isOver) listener.onMessage(JSON.parse(String(data)))
  })
  socket.addEventListener('close', finish)
  socket.addEventListener('error', finish)
  return {
    get isOpen() {
      return openedAt !== null && !isOver
    },
    say,
    close,
  }
}
