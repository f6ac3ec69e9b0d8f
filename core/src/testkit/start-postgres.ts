import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ChildServer, startChildServer } from './child-server.ts'
import { freePort } from './free-port.ts'
import { findPostgresPrograms } from './postgres-programs.ts'

const run = promisify(execFile)

/** Data that nobody needs after the run: no waiting for the disk. */
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
/** After a crash: one call for the whole disk, not one for each of a thousand files. Linux alone has it. */
const QUICK_RESTART = platform() === 'linux' ? ['recovery_init_sync_method=syncfs'] : []

export interface RunningPostgres extends ChildServer {
  /** Of its database `postgres`, as superuser. */
  readonly url: string
}

/**
 * A PostgreSQL of its own on a free port, with empty data. Works as root and as anybody else; ends when this process does.
 *
 * @param options - `durable: true` waits for the disk at every commit, as in production: for measuring, and for
 *   what must be there after a crash. `port` starts it where one ran before; `settings` are lines for postgresql.conf such
 *   as `max_connections=20`.
 */
export async function startPostgres(
  options: { readonly durable?: boolean; readonly port?: number; readonly settings?: readonly string[] } = {},
): Promise<RunningPostgres> {
  const { initdb, postgres, user, temporaryFolder } = findPostgresPrograms()
  const port = options.port ?? (await freePort())
  const folder = mkdtempSync(join(temporaryFolder, 'nexus-test-postgres-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const settings = [...(options.durable === true ? [] : FAST), ...QUICK_RESTART, ...(options.settings ?? [])]
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
  return Object.assign(server, { url: `postgres://postgres@127.0.0.1:${port}/postgres` })
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
