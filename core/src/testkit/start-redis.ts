import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChildServer, startChildServer } from './child-server.ts'
import { freePort } from './free-port.ts'

export interface RunningRedis extends ChildServer {
  readonly url: string
}

/**
 * A Redis of its own that keeps nothing on disk: after a crash it is empty. Ends when this process does.
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
  return Object.assign(server, { url: `redis://127.0.0.1:${port}` })
}
