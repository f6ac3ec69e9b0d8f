import { Socket } from 'node:net'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { waitAtMost } from '../model/wait-at-most.ts'
import type { Database, Db } from '../sql/database.ts'
import { createStatementNames, preparingClient } from './preparing-client.ts'

const DEFAULT_MAX_CONNECTIONS = 10
/** Longest wait for a free or new connection, ms. */
const CONNECT_TIMEOUT_MS = 4_000
/** Longest run of one statement, ms. Above the slowest healthy append by far; below what a person waits for. */
const STATEMENT_TIMEOUT_MS = 30_000
/** The server ends a statement by itself first. Idle connections are closed long before. */
const SILENCE_PER_STATEMENT_TIMEOUT = 1.5
/** Longest time for closing in good order, ms; a server that hangs never takes part in it. */
const CLOSE_TIMEOUT_MS = 2_000
const INT8_OID = 20
const BYTEA_OID = 17

interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  readonly maxConnections?: number
  /** Longest run of one statement; 0: no limit (for long migrations). */
  readonly statementTimeoutMs?: number
  /** A connection broke while nobody closed it; the next query opens a new one. For the log. */
  readonly onConnectionLost?: (error: Error) => void
}

export interface OpenDatabase {
  readonly db: Db
  /** Closes every connection. Running queries have 2 s to end; what is not answered by then has failed, as unavailable. */
  close(): Promise<void>
}

/**
 * A pool of connections. `bigint` arrives as `number` (versions and sizes stay far below 2^53), `bytea` as `Uint8Array`.
 *
 * Resolves without connecting: a database that is away shows at the first query.
 */
export async function openPostgres(options: PostgresOptions): Promise<OpenDatabase> {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  const sockets = new Set<Socket>()
  let isClosing = false
  const pool = new pg.Pool({
    Client: preparingClient(createStatementNames()),
    connectionString: options.url,
    max: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    stream: () => {
      const socket = createSocket(statementTimeoutMs * SILENCE_PER_STATEMENT_TIMEOUT)
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
    application_name: 'nexus',
    keepAlive: true,
    types: { getTypeParser },
  })
  // Without listeners a connection that breaks would end the process: the pool's hears of idle ones, the client's of those in use.
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      if (!isClosing) options.onConnectionLost?.(error)
    })
  })
  pool.on('error', () => undefined)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    close: () => {
      isClosing = true
      return closeInTime(db, sockets)
    },
  }
}

async function closeInTime(db: Db, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = db.destroy()
  await waitAtMost(
    CLOSE_TIMEOUT_MS,
    closed.then(() => allClosed(sockets)),
  )
  for (const socket of sockets) socket.destroy(new Error('Connection terminated because the pool closes'))
  await Promise.all([closed, allClosed(sockets)])
}

const allClosed = (sockets: ReadonlySet<Socket>) =>
  Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))))

/**
 * A server that is gone without closing its connections (a failover, a cut cable) would otherwise hold what waits for it for as
 * long as the kernel repeats its packets: a quarter of an hour.
 *
 * @param silenceMs - 0: for ever.
 */
function createSocket(silenceMs: number): Socket {
  const socket = new Socket()
  socket.setTimeout(silenceMs, () => {
    socket.destroy(new Error(`Connection terminated after ${silenceMs} ms without an answer`))
  })
  return socket
}

/** Of this pool only, not of every user of `pg` in the process; what comes out is what PGlite gives. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (oid === INT8_OID) return Number
  const parse = pg.types.getTypeParser(oid, format)
  return oid === BYTEA_OID ? (value: string) => toPlainBytes(parse(value)) : parse
}

const toPlainBytes = ({ buffer, byteOffset, byteLength }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
