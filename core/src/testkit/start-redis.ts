import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChildServer } from './child-server.ts'
import { freePort } from './free-port.ts'

export interface RunningRedis {
  readonly url: string
  /** Of the server itself, for tests that stop it for a while (SIGSTOP, SIGCONT). */
  readonly pid: number
  stop(): Promise<void>
}

/**
 * A Redis of its own that keeps nothing on disk. Ends when this process does.
 *
 * @param options - `port` starts it where one ran before: an outage and its end.
 */
export async function startRedis(options: { readonly port?: number } = {}): Promise<RunningRedis> {
  const port = options.port ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'nexus-test-redis-'))
  const server = await startChildServer({
    program: 'redis-server',
    args: [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ],
    readyLine: /Ready to accept connections/,
    stopSignal: 'TERM',
    folder,
  })
  return { url: `redis://127.0.0.1:${port}`, pid: server.pid, stop: server.stop }
}
