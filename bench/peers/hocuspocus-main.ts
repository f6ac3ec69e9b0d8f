// The peer as its documentation sets it up: documents stored whole, debounced, acknowledged from memory.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Database } from '@hocuspocus/extension-database'
import { Redis } from '@hocuspocus/extension-redis'
import { Hocuspocus } from '@hocuspocus/server'
import { openPostgres } from '@nexus/core/postgres'
import { sql } from 'kysely'
import { WebSocketServer } from 'ws'

const { db } = await openPostgres({ url: process.env.DATABASE_URL ?? '' })
await sql`create table if not exists documents (name text primary key, data bytea not null)`.execute(db)

/** With REDIS_URL it is one of several nodes. */
const redisUrl = URL.parse(process.env.REDIS_URL ?? '')
const fanout = redisUrl === null ? [] : [new Redis({ host: redisUrl.hostname, port: Number(redisUrl.port) })]

const hocuspocus = new Hocuspocus({
  quiet: true,
  extensions: [
    ...fanout,
    new Database({
      fetch: async ({ documentName }) => {
        const { rows } = await sql<{ data: Uint8Array }>`
          select data from documents where name = ${documentName}`.execute(db)
        return rows[0]?.data ?? null
      },
      store: async ({ documentName, state }) => {
        await sql`insert into documents (name, data) values (${documentName}, ${state})
          on conflict (name) do update set data = excluded.data`.execute(db)
      },
    }),
  ],
})

const server = createServer()
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    const connection = hocuspocus.handleConnection(
      webSocket as unknown as Parameters<typeof hocuspocus.handleConnection>[0],
      new Request(`http://localhost${request.url}`),
    )
    webSocket.on('message', (data: Buffer) => connection.handleMessage(new Uint8Array(data)))
    webSocket.on('close', (code, reason) => connection.handleClose({ code, reason: String(reason) }))
  })
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port)
})
