import { createHash } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'

const seen = z.object({
  server: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
})
/** What reached a server behind the proxy. */
export type Seen = z.infer<typeof seen>

/** @throws When the text is no answer of an echo server. */
export const parseSeen = (text: string): Seen => seen.parse(JSON.parse(text))

interface EchoServer extends AsyncDisposable {
  readonly port: number
}

/** What RFC 6455 adds to a key before hashing it. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/**
 * Answers every request with what reached it, and every upgrade with a WebSocket that says the same in its first frame.
 * `/…/events` begins an event stream and leaves it open; `/…/publish` sends each open stream one more event.
 */
export async function startEchoServer(name: string): Promise<EchoServer> {
  const sockets = new Set<{ destroy(): void }>()
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    request.resume()
    if (request.url?.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
      streams.add(response)
      return
    }
    if (request.url?.endsWith('/publish')) for (const stream of streams) stream.write('data: next\n\n')
    response.writeHead(200, { 'content-type': 'application/json', etag: '"7"' })
    response.end(toText(name, request).padEnd(4_000))
  })
  server.on('upgrade', (request: IncomingMessage, socket) => {
    sockets.add(socket)
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${WEBSOCKET_GUID}`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.write(toTextFrame(toText(name, request)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function toText(server: string, request: IncomingMessage): string {
  const headers: IncomingHttpHeaders = request.headers
  return JSON.stringify({ server, method: request.method, url: request.url, headers })
}

/** One unmasked text frame, RFC 6455 section 5.2, of less than 64 KiB. */
function toTextFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.from([0x81, 126, 0, 0])
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
