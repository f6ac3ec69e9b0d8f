import type { CommitDiff, FileChange, FileDiff } from '@nexus/core'
import { GitEnded, GitFailed, type GitProgram } from './git-program.ts'
import { BRANCH } from './repository.ts'

/** Of all patches of one commit; more is told without them. */
const MAX_PATCH_BYTES = 5_000_000
const MAX_LIST_BYTES = 20_000_000
const TIMEOUT_MS = 10_000

const DIFF = ['diff-tree', '-r', '--root', '--no-commit-id', '--no-ext-diff', '--no-textconv']
/** Files that are much the same and called otherwise were renamed. */
const RENAMES = '-M'

interface Asked {
  readonly program: Pick<GitProgram, 'run'>
  /** Path of the bare repository. */
  readonly repository: string
  readonly hash: string
  /** Nobody waits for it any longer. */
  readonly signal?: AbortSignal
}

/**
 * What a commit of the branch did, compared with its parent; the first, compared with nothing.
 *
 * @returns `null` when the branch has no such commit. @throws {GitFailed}, {GitEnded}.
 */
export async function readCommitDiff({
  program,
  repository,
  hash,
  signal,
}: Asked): Promise<CommitDiff | null> {
  const git = (args: readonly string[], maxBytes: number): Promise<string> =>
    program.run(['--git-dir', repository, ...args], {
      timeoutMs: TIMEOUT_MS,
      maxBytes,
      ...(signal === undefined ? {} : { signal }),
    })
  if (!/^[0-9a-f]{40}$/.test(hash) || !(await isOnBranch(git, hash))) return null
  const list = (...options: string[]) => git([...DIFF, ...options, '--raw', '-z', hash], MAX_LIST_BYTES)
  const renamed = await unlessTooMuch(list(RENAMES))
  if (renamed === null) return { hash, files: parseList(await list()).map((file) => withPatch(file, null)) }
  const files = parseList(renamed)
  const patches = await unlessTooMuch(git([...DIFF, RENAMES, '--text', '--patch', hash], MAX_PATCH_BYTES))
  const parts = patches === null ? [] : splitPatch(patches)
  const isWhole = parts.length === files.length
  return { hash, files: files.map((file, at) => withPatch(file, isWhole ? (parts[at] ?? null) : null)) }
}

async function isOnBranch(
  git: (args: readonly string[], maxBytes: number) => Promise<string>,
  hash: string,
): Promise<boolean> {
  try {
    await git(['merge-base', '--is-ancestor', hash, BRANCH], MAX_LIST_BYTES)
    return true
  } catch (error) {
    if (error instanceof GitFailed) return false
    throw error
  }
}

/** `null` for what takes too long, or is too large, to be told. */
async function unlessTooMuch(work: Promise<string>): Promise<string | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof GitEnded && error.why !== 'not wanted') return null
    throw error
  }
}

type ListedFile = Pick<FileDiff, 'path' | 'previousPath' | 'change'>

const CHANGES: Readonly<Record<string, FileChange>> = { A: 'added', D: 'removed', R: 'renamed' }

/** Of `--raw -z`: `:modes hashes status`, then one path, or two of a renamed file, each ended by NUL. */
function parseList(text: string): ListedFile[] {
  const fields = text.split('\0')
  const files: ListedFile[] = []
  for (let at = 0; at + 1 < fields.length; ) {
    const status = fields[at]?.split(' ').at(-1)?.slice(0, 1) ?? ''
    const change = CHANGES[status] ?? 'changed'
    const [first = '', second = ''] = [fields[at + 1], fields[at + 2]]
    files.push(
      change === 'renamed'
        ? { change, path: second, previousPath: first }
        : { change, path: first, previousPath: null },
    )
    at += change === 'renamed' ? 3 : 2
  }
  return files
}

/**
 * One part for each file, in the order of the list. Lines end with a line feed and nothing else (JavaScript's `^` would
 * also stand after other characters, which people can write); one of a file's content has a sign before it.
 */
const splitPatch = (text: string): string[] =>
  text
    .split(/(?<=^|\n)(?=diff --git )/)
    .filter((part) => part !== '')
    .map(withoutHeader)

function withoutHeader(part: string): string {
  const at = part.indexOf('\n@@ ')
  return at === -1 ? '' : part.slice(at + 1)
}

function withPatch(file: ListedFile, diff: string | null): FileDiff {
  const count = (sign: string): number =>
    diff === null ? 0 : diff.split('\n').filter((line) => line.startsWith(sign)).length
  return { ...file, additions: count('+'), deletions: count('-'), diff }
}
