import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('./hocuspocus-main.ts', import.meta.url))

export interface Peer {
  /** Origin; the WebSocket is at `/collab` as ours is. */
  readonly url: string
  readonly child: ChildProcess
  stop(): Promise<void>
}

/** Starts vanilla Hocuspocus 4.7 with extension-database on PostgreSQL in a process of its own. */
export async function startHocuspocusPeer(databaseUrl: string): Promise<Peer> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(createInterface({ input: child.stdout }), 'line')
  return {
    url: `http://localhost:${port}`,
    child,
    stop: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}
