import { mkdtempSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startChildServer } from './child-server.ts'
import { freePort } from './free-port.ts'

const SERVER_COUNT = 3
const SLOT_COUNT = 16_384
const CONFIG_FILE = 'nodes.conf'
const POLL_MS = 25

/** One server of a cluster; there are no replicas. */
export interface ClusterServer {
  readonly port: number
  /** Changes when it is started again. */
  readonly pid: number
  /** SIGKILL. What it knows about the cluster is kept for {@link restart}. */
  kill(): Promise<void>
  restart(): Promise<void>
  command(...words: readonly string[]): Promise<unknown>
}

export interface RunningRedisCluster {
  /** Names all servers. */
  readonly url: string
  readonly servers: readonly ClusterServer[]
  ownerOf(slot: number): Promise<ClusterServer>
  /** Gives an empty slot to another server, as resharding does. */
  moveSlot(slot: number, to: ClusterServer): Promise<void>
  stop(): Promise<void>
}

/** A real Redis cluster of three servers that own a third of the slots each. Ends when this process does. */
export async function startRedisCluster(): Promise<RunningRedisCluster> {
  const servers = await Promise.all(Array.from({ length: SERVER_COUNT }, startServer))
  for (const [at, server] of servers.entries()) {
    const [from, to] = [at, at + 1].map((third) => Math.round((third * SLOT_COUNT) / SERVER_COUNT))
    await server.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(Number(to) - 1))
    for (const other of servers) {
      if (other !== server) await server.meet(other)
    }
  }
  const cluster = {
    url: `redis://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    servers,
    ownerOf: (slot: number) => ownerOf(servers, slot),
    async moveSlot(slot: number, to: ClusterServer) {
      const from = await ownerOf(servers, slot)
      const [fromId, toId] = [await idOf(from), await idOf(to)]
      // The steps of resharding: without the first the new owner's claim is not newer than the old one's.
      await to.command('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', fromId)
      await from.command('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', toId)
      for (const server of [to, from, ...servers.filter((other) => other !== to && other !== from)])
        await server.command('CLUSTER', 'SETSLOT', String(slot), 'NODE', toId)
    },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  }
  await untilAgreed(servers)
  return cluster
}

async function startServer() {
  const [port, busPort] = [await freePort(), await freePort()]
  let running = await run(port, busPort)
  let isRunning = true
  let config = ''
  const end = async (): Promise<void> => {
    isRunning = false
    await running.child.stop()
  }
  const command = async (...words: readonly string[]): Promise<unknown> => {
    const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => null })
    redis.on('error', () => undefined)
    try {
      return await redis.call(words[0] ?? '', ...words.slice(1))
    } finally {
      redis.disconnect()
    }
  }
  return {
    port,
    get pid() {
      return running.child.pid
    },
    command,
    meet: (other: { readonly port: number; readonly busPort: number }) =>
      command('CLUSTER', 'MEET', '127.0.0.1', String(other.port), String(other.busPort)),
    busPort,
    async kill() {
      config = await readFile(join(running.folder, CONFIG_FILE), 'utf8')
      process.kill(running.child.pid, 'SIGKILL')
      await end()
    },
    async restart() {
      running = await run(port, busPort, config)
      isRunning = true
    },
    stop: async () => {
      if (isRunning) await end()
    },
  }
}

async function run(port: number, busPort: number, config: string | null = null) {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-test-redis-cluster-'))
  if (config !== null) await writeFile(join(folder, CONFIG_FILE), config)
  const settings: Readonly<Record<string, string>> = {
    port: String(port),
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    dir: folder,
    'cluster-enabled': 'yes',
    'cluster-port': String(busPort),
    'cluster-config-file': CONFIG_FILE,
    'cluster-node-timeout': '1000',
  }
  const child = await startChildServer({
    program: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    readyLine: /Ready to accept connections/,
    stopSignal: 'TERM',
    folder,
  })
  return { folder, child }
}

const idOf = async (server: ClusterServer): Promise<string> => String(await server.command('CLUSTER', 'MYID'))

/** Resolves when every server says that the cluster is well and has all members. */
async function untilAgreed(servers: readonly ClusterServer[]): Promise<void> {
  for (const server of servers) {
    for (;;) {
      const info = String(await server.command('CLUSTER', 'INFO'))
      const slots = await server.command('CLUSTER', 'SLOTS')
      const isWell = info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${SERVER_COUNT}`)
      if (isWell && Array.isArray(slots) && slots.length === SERVER_COUNT) break
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
}

async function ownerOf(servers: readonly ClusterServer[], slot: number): Promise<ClusterServer> {
  for (const server of servers) {
    const lines = String(await server.command('CLUSTER', 'NODES')).split('\n')
    const ranges =
      lines
        .find((line) => line.includes('myself'))
        ?.split(' ')
        .slice(8) ?? []
    const isMine = ranges.some((range) => {
      const [from = Number.NaN, to = from] = range.split('-').map(Number)
      return from <= slot && slot <= to
    })
    if (isMine) return server
  }
  throw new Error(`Nobody owns slot ${slot}.`)
}
