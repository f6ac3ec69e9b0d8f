import { open, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitProgram } from '../git/git-program.ts'
import { BRANCH } from '../git/repository.ts'

interface Packing {
  readonly program: GitProgram
  /** Path of the bare repository. Nobody else writes it meanwhile; it may be read. */
  readonly repository: string
  /** The newest commit's files too, which the next commit would read. */
  readonly isWhole: boolean
}

/** With more of them, all become one: reading looks into each. */
export const MAX_PACKS = 20
/** Objects nobody can reach, left behind by a killed process, are let go after this. */
const UNREACHABLE_FOR = '2.weeks.ago'

/**
 * Puts objects that lie in a file each into a pack, where the versions of a file are differences from one another. The newest
 * commit and its files stay as they are: the next commit begins with them, and finds them without opening a pack.
 *
 * @returns How many objects were packed. A process killed anywhere leaves a repository that has everything.
 */
export async function packRepository({ program, repository, isWhole }: Packing): Promise<number> {
  const git = (args: readonly string[], input = ''): Promise<string> =>
    program.run(['--git-dir', repository, ...args], { input })
  const loose = linesOf(await git(['rev-list', '--objects', '--unpacked', '--all']))
  const kept = new Set(
    isWhole ? [] : linesOf(await git(['rev-list', '--objects', '--no-object-names', '--no-walk', BRANCH])),
  )
  const wanted = loose.filter((line) => !kept.has(line.slice(0, HASH_LENGTH)))
  const folder = join(repository, 'objects', 'pack')
  if (wanted.length > 0) {
    await git([...PACK, join(folder, 'pack')], wanted.join('\n'))
    await flush(folder)
    await git(['prune-packed', '--quiet'])
  }
  const packs = (await readdir(folder)).filter((name) => name.endsWith('.pack'))
  if (packs.length > MAX_PACKS) await joinPacks(git, folder, packs)
  await git(['prune', `--expire=${UNREACHABLE_FOR}`])
  return wanted.length
}

const HASH_LENGTH = 40
const PACK = ['pack-objects', '--quiet', '--delta-base-offset']

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

async function joinPacks(
  git: (args: readonly string[], input: string) => Promise<string>,
  folder: string,
  packs: readonly string[],
): Promise<void> {
  const made = (await git([...PACK, '--stdin-packs', join(folder, 'pack')], packs.join('\n'))).trim()
  await flush(folder)
  for (const name of await readdir(folder)) {
    const stem = name.replace(/\.[a-z]+$/, '')
    if (packs.includes(`${stem}.pack`) && stem !== `pack-${made}`) await unlink(join(folder, name))
  }
}

/** The names of new packs must be on the disk before what they hold is deleted elsewhere. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
