import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startChildServer } from './child-server.ts'
import { freePort } from './free-port.ts'
import { findPostgresPrograms } from './postgres-programs.ts'

const run = promisify(execFile)

/** Data that nobody needs after the run: no waiting for the disk. */
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

export interface RunningPostgres {
  /** Of its database `postgres`, as superuser. */
  readonly url: string
  /** Of the server's first process, for tests that stop it for a while (SIGSTOP, SIGCONT). */
  readonly pid: number
  /** Ends the server and removes its data. */
  stop(): Promise<void>
}

/**
 * A PostgreSQL of its own on a free port, with empty data. Works as root and as anybody else; ends when this process does.
 *
 * @param options - `durable: true` waits for the disk at every commit, as in production; for measuring. `port` starts it
 *   where one ran before; `settings` are lines for postgresql.conf such as `max_connections=20`.
 */
export async function startPostgres(
  options: { readonly durable?: boolean; readonly port?: number; readonly settings?: readonly string[] } = {},
): Promise<RunningPostgres> {
  const { initdb, postgres, user, temporaryFolder } = findPostgresPrograms()
  const port = options.port ?? (await freePort())
  const folder = mkdtempSync(join(temporaryFolder, 'nexus-test-postgres-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const settings = [...(options.durable === true ? [] : FAST), ...(options.settings ?? [])]
  try {
    await run(initdb, [...INITDB_ARGS, '-D', data], { ...user, cwd: '/', env: ENVIRONMENT })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  const server = await startChildServer({
    program: postgres,
    args: [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      '',
      ...settings.flatMap((line) => ['-c', line]),
    ],
    environment: ENVIRONMENT,
    readyLine: /ready to accept connections/,
    stopSignal: 'INT',
    folder,
    ...(user === undefined ? {} : { user }),
  })
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, pid: server.pid, stop: server.stop }
}

const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' }
const INITDB_ARGS = [
  '-U',
  'postgres',
  '-A',
  'trust',
  '-E',
  'UTF8',
  '--locale=C',
  '--no-sync',
  '--no-instructions',
]
