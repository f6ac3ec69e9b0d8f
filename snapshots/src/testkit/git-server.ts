import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import type { SnapshotWorker } from '../worker.ts'

const run = promisify(execFile)

/** Serves repositories on a port of its own until the test has finished. @returns Where. */
export async function serveGit({ handleRequest }: Pick<SnapshotWorker, 'handleRequest'>): Promise<string> {
  if (handleRequest === undefined) throw new Error('The worker serves nothing.')
  const server = createServer(handleRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** What git says as a person's program; with an error it rejects, and says that in `stderr`. It asks nobody for a password. */
export async function clientGit(...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, {
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '/bin/false',
    },
    timeout: 30_000,
    maxBuffer: 10_000_000,
  })
  return stdout
}
