import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { isOriginAllowed } from '@nexus/core/server'
import { type WebSocket, WebSocketServer } from 'ws'
import { isRoomPath, type Room, roomIn } from '../y-websocket/room.ts'
import { RoomSocket } from '../y-websocket/room-socket.ts'
import type { SocketRegistry } from './socket-registry.ts'

const COLLAB_PATH = '/collab'

export interface OpenedSocket {
  readonly ws: WebSocket
  /** The connection `ws` stands on. */
  readonly stream: Pick<Duplex, 'write' | 'cork' | 'uncork'>
  /** Where the peer is, as far as we can tell. */
  readonly peerAddress: string
  /** `null`: it speaks the Hocuspocus protocol. */
  readonly room: Room | null
}

interface UpgradeParts {
  readonly registry: SocketRegistry
  readonly maxFrameBytes: number
  /** Origins browsers may come from, besides the host they ask. */
  readonly allowedOrigins: readonly string[]
  /** How many proxies stand in front, each of which adds one address to X-Forwarded-For. */
  readonly trustedProxies: number
  readonly isDraining: () => boolean
  readonly onOpen: (opened: OpenedSocket) => void
}

/** Takes WebSockets on {@link COLLAB_PATH} and `/yjs/…`, within the limits; what is refused is answered over HTTP, before a handshake. */
export function createUpgradeHandler(parts: UpgradeParts) {
  const settings = {
    noServer: true,
    clientTracking: false,
    // Most frames are smaller than what compression would save, and it costs memory per socket.
    perMessageDeflate: false,
    maxPayload: parts.maxFrameBytes,
  }
  const plain = new WebSocketServer(settings)
  const rooms = new WebSocketServer({ ...settings, WebSocket: RoomSocket })
  return (request: IncomingMessage, socket: Duplex, head: Buffer): boolean => {
    const [path = ''] = (request.url ?? '').split('?')
    const isRoom = isRoomPath(path)
    if (!isRoom && path !== COLLAB_PATH && path !== `${COLLAB_PATH}/`) return false
    const room = isRoom ? roomIn(request) : null
    const peerAddress = peerAddressOf(request, parts.trustedProxies)
    const refusal = isRoom && room === null ? '404 Not Found' : refusalOf(parts, request, peerAddress)
    if (refusal === null)
      (isRoom ? rooms : plain).handleUpgrade(request, socket, head, (ws) =>
        parts.onOpen({ ws, stream: socket, peerAddress, room }),
      )
    else refuse(socket, refusal)
    return true
  }
}

type Refusal = '403 Forbidden' | '404 Not Found' | '429 Too Many Requests' | '503 Service Unavailable'

function refusalOf(parts: UpgradeParts, request: IncomingMessage, peerAddress: string): Refusal | null {
  if (parts.isDraining() || parts.registry.isFull()) return '503 Service Unavailable'
  if (!isOriginAllowed(request, parts.allowedOrigins)) return '403 Forbidden'
  if (!parts.registry.hasRoomFor(peerAddress)) return '429 Too Many Requests'
  return null
}

function peerAddressOf(request: IncomingMessage, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? ''
  if (trustedProxies === 0) return direct
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
  return forwarded.at(-trustedProxies)?.trim() || direct
}

function refuse(socket: Duplex, status: Refusal): void {
  const retry = /^40[34]/.test(status) ? '' : 'Retry-After: 5\r\n'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${retry}Content-Length: 0\r\n\r\n`)
}
