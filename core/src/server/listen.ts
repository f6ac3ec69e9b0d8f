import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { waitAtMost } from '../model/wait-at-most.ts'

interface ListenOptions {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** What to change when the port cannot be had; `PORT or HOST` when absent. */
  readonly settings?: string
  readonly handleRequest: (request: IncomingMessage, response: ServerResponse) => void
  /** @returns `false` when nobody serves the path; the socket is then answered with 404. */
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
}

interface Listening {
  readonly port: number
  /** Takes no more connections and ends the open ones: idle ones at once, those with a request after half a second. */
  close(): Promise<void>
}

/** Time a client has to send its request headers, in ms; guards against sockets that only sit there. */
const HEADERS_TIMEOUT_MS = 20_000
/** Time a client has to send a whole request, in ms. */
const REQUEST_TIMEOUT_MS = 120_000
/** How long a finished keep-alive connection may wait for its next request. Longer than common proxies' 60 s. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000

/** Time a request that is still under way has to end when the port closes, ms. */
const CLOSE_GRACE_MS = 500

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens on it',
  EACCES: 'this user may not listen on it',
}

/** Opens one HTTP port. @throws When the port cannot be had, in a sentence; the system's error is the cause. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    options.handleRequest,
  )
  server.on('upgrade', (request, socket, head) => {
    // A peer that resets its connection during the handshake must not end the process.
    socket.on('error', () => socket.destroy())
    if (!options.handleUpgrade(request, socket, head)) refuseUpgrade(socket)
  })
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  await opened(server, options)
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) }
}

function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

function opened(server: Server, { port, host, settings = 'PORT or HOST' }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const reason = REASONS[cause.code ?? ''] ?? cause.message
      reject(
        new Error(`Port ${port} of ${host} cannot be opened: ${reason}. Set ${settings} to another.`, {
          cause,
        }),
      )
    }
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

async function closed(server: Server): Promise<void> {
  const closing = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  await waitAtMost(CLOSE_GRACE_MS, closing)
  server.closeAllConnections()
  await closing
}
