import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CLOSE_CODES, isNexusError, parseWorkspaceId, type UserId } from '@nexus/core'
import {
  type Access,
  type Credentials,
  credentialOf,
  isOriginAllowed,
  type VerifiedCaller,
  verifyCaller,
} from '@nexus/core/server'
import { WebSocketServer } from 'ws'
import { bearerTokenOf } from '../middleware/authenticate.ts'
import { StateSocket } from './state-socket.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Requests are short; answers are not limited by this. */
const MAX_REQUEST_BYTES = 16_000
const PING_MS = 25_000

interface StateSocketsParts extends Credentials {
  readonly access: Access
  readonly subscriptions: Subscriptions
  /** Sockets one user may have; each takes room whether it listens or not. */
  readonly maxPerUser: number
  /** Whose pages may come, besides the host they ask. */
  readonly allowedOrigins: readonly string[]
  readonly onError: (error: unknown) => void
}

/** `/ws/state/{w}`: panels of a workspace as they change, over WebSocket. */
export interface StateSockets {
  /** @returns `false` when the path is another one; the socket is then untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Takes no more, and sends everybody elsewhere. */
  close(): void
}

type Refusal =
  | '401 Unauthorized'
  | '403 Forbidden'
  | '404 Not Found'
  | '429 Too Many Requests'
  | '503 Service Unavailable'

export function createStateSockets(parts: StateSocketsParts): StateSockets {
  const { access, subscriptions, onError } = parts
  const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: MAX_REQUEST_BYTES })
  const open = new Map<StateSocket, VerifiedCaller>()
  let isClosed = false
  const pinging = setInterval(() => {
    for (const socket of open.keys()) socket.ping()
  }, PING_MS).unref()
  const refilling = setInterval(() => {
    for (const socket of open.keys()) socket.refill()
  }, 1_000).unref()

  const countOf = (userId: UserId): number =>
    open.values().reduce((count, other) => (other.userId === userId ? count + 1 : count), 0)

  const end = (socket: StateSocket): void => socket.close(CLOSE_CODES.unauthorized, 'unauthorized')
  const stopHearing = parts.liveCredentials.onEnded((id) => {
    for (const [socket, caller] of open) if (credentialOf(caller) === id) end(socket)
  })

  async function accept(request: IncomingMessage, stream: Duplex, head: Buffer, url: URL): Promise<void> {
    const workspaceId = parseWorkspaceId(PATH.exec(url.pathname)?.[1])
    const caller = await verifyCaller(parts, bearerTokenOf(request) ?? url.searchParams.get('token') ?? '')
    const isMember = workspaceId !== null && (await access.workspaceAccess(caller, workspaceId)) !== null
    if (workspaceId === null || !isMember) {
      refuse(stream, '404 Not Found')
      return
    }
    if (countOf(caller.userId) >= parts.maxPerUser) {
      refuse(stream, '429 Too Many Requests')
      return
    }
    server.handleUpgrade(request, stream, head, (ws) => {
      const socket = new StateSocket({
        ws,
        stream: request.socket,
        caller,
        workspaceId,
        subscriptions,
        onError,
      })
      open.set(socket, caller)
      ws.once('close', () => open.delete(socket))
      // Ended while it was being opened: nobody has told this socket.
      parts.liveCredentials.isLive(caller).then((isLive) => isLive || end(socket), onError)
      if (isClosed) socket.close(CLOSE_CODES.restarting, 'restarting')
    })
  }

  return {
    handleUpgrade(request, socket, head) {
      const url = URL.parse(request.url ?? '/', 'http://localhost')
      if (url === null || !PATH.test(url.pathname)) return false
      if (isClosed) refuse(socket, '503 Service Unavailable')
      else if (!isOriginAllowed(request, parts.allowedOrigins)) refuse(socket, '403 Forbidden')
      else {
        accept(request, socket, head, url).catch((error: unknown) => {
          const refusal = refusalOf(error)
          if (refusal === '503 Service Unavailable') onError(error)
          refuse(socket, refusal)
        })
      }
      return true
    },
    close() {
      isClosed = true
      stopHearing()
      clearInterval(pinging)
      clearInterval(refilling)
      for (const socket of open.keys()) socket.close(CLOSE_CODES.restarting, 'restarting')
    },
  }
}

function refusalOf(error: unknown): Refusal {
  if (isNexusError(error, 'unauthorized')) return '401 Unauthorized'
  return isNexusError(error, 'forbidden') ? '403 Forbidden' : '503 Service Unavailable'
}

const PATH = /^\/ws\/state\/([^/]+)\/?$/

function refuse(socket: Duplex, status: Refusal): void {
  const retry = /^(429|503)/.test(status) ? 'Retry-After: 5\r\n' : ''
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${retry}Content-Length: 0\r\n\r\n`)
}
