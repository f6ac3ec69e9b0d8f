import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('./hocuspocus-main.ts', import.meta.url))

interface Peer {
  /** Origin; the WebSocket is at `/collab` as ours is. */
  readonly url: string
  readonly pid: number
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>
}

interface StartPeer {
  readonly databaseUrl: string
  /** Absent: one node, without extension-redis. */
  readonly redisUrl?: string
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Starts vanilla Hocuspocus 4.7 with extension-database on PostgreSQL in a process of its own. */
export async function startHocuspocusPeer(options: StartPeer): Promise<Peer> {
  const { databaseUrl, redisUrl, port = 0, env = {} } = options
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: databaseUrl,
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Its log of failures during outages is not what is measured here.
  child.stderr.resume()
  const lines = createInterface({ input: child.stdout })
  const [usedPort] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the peer ended with ${code} before it listened`)
    }),
  ])
  return {
    url: `http://localhost:${usedPort}`,
    pid: child.pid ?? -1,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}
