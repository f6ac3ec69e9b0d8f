import { open, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitProgram } from '../git/git-program.ts'
import { BRANCH } from '../git/repository.ts'

interface Packing {
  readonly program: GitProgram
  /** Path of the bare repository. Nobody else writes it meanwhile; it may be read. */
  readonly repository: string
  /** The newest commit's files too, which the next commit would read. */
  readonly isWhole: boolean
  /** Throws when somebody else may write the repository by now; asked before something is deleted. */
  readonly requireAlone: () => Promise<void>
}

/** With more of them, all become one: reading looks into each. */
export const MAX_PACKS = 20
/** Objects nobody can reach, left behind by a killed process, are let go after this. */
const UNREACHABLE_FOR = '2.weeks.ago'
/** Far longer than writing a pack takes. */
const LEFTOVER_MS = 3_600_000

/**
 * Puts objects that lie in a file each into a pack, where the versions of a file are differences from one another. The newest
 * commit and its files stay as they are: the next commit begins with them, and finds them without opening a pack.
 *
 * @returns How many objects were packed. A process killed anywhere leaves a repository that has everything.
 */
export async function packRepository({
  program,
  repository,
  isWhole,
  requireAlone,
}: Packing): Promise<number> {
  const git = (args: readonly string[], input = ''): Promise<string> =>
    program.run(['--git-dir', repository, ...args], { input })
  const folder = join(repository, 'objects', 'pack')
  await requireAlone()
  await removeLeftovers(folder)
  const loose = linesOf(await git(['rev-list', '--objects', '--unpacked', '--all']))
  const kept = new Set(
    isWhole ? [] : linesOf(await git(['rev-list', '--objects', '--no-object-names', '--no-walk', BRANCH])),
  )
  const wanted = loose.filter((line) => !kept.has(line.slice(0, HASH_LENGTH)))
  if (wanted.length > 0) {
    await git([...PACK, join(folder, 'pack')], wanted.join('\n'))
    await flush(folder)
    await git(['prune-packed', '--quiet'])
  }
  const packs = await listPacks(folder)
  if (packs.length > MAX_PACKS) await joinPacks({ git, folder, requireAlone }, packs)
  await requireAlone()
  await git(['prune', `--expire=${UNREACHABLE_FOR}`])
  return wanted.length
}

const HASH_LENGTH = 40
const PACK = ['pack-objects', '--quiet', '--delta-base-offset']

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/** Those that are whole: a pack and its index. */
async function listPacks(folder: string): Promise<string[]> {
  const names = new Set(await readdir(folder))
  return [...names].filter((name) => name.endsWith('.pack') && names.has(`${stemOf(name)}.idx`)).sort()
}

const stemOf = (name: string): string => name.replace(/\.[a-z]+$/, '')

interface Joining extends Pick<Packing, 'requireAlone'> {
  readonly git: (args: readonly string[], input: string) => Promise<string>
  readonly folder: string
}

async function joinPacks({ git, folder, requireAlone }: Joining, packs: readonly string[]): Promise<void> {
  const made = (await git([...PACK, '--stdin-packs', join(folder, 'pack')], packs.join('\n'))).trim()
  await flush(folder)
  await requireAlone()
  const stems = packs.map(stemOf).filter((stem) => stem !== `pack-${made}`)
  const names = (await readdir(folder)).filter((name) => stems.includes(stemOf(name)))
  // Without its index a pack is none; an index without its pack is passed over.
  for (const name of names.sort((a, b) => rankOf(a) - rankOf(b))) await unlink(join(folder, name))
}

const rankOf = (name: string): number => (name.endsWith('.idx') ? 1 : 0)

/** What a process that was killed, or ended for taking too long, has begun here and cannot be used. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = new Set(await readdir(folder))
  const isHalf = (name: string): boolean =>
    name.startsWith('tmp_') || !names.has(`${stemOf(name)}.pack`) || !names.has(`${stemOf(name)}.idx`)
  for (const name of [...names].filter(isHalf)) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > LEFTOVER_MS) await unlink(path)
  }
}

/** The names of new packs must be on the disk before what they hold is deleted elsewhere. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
