import type { CommitDiff, FileChange, FileDiff } from '@nexus/core'
import type { GitProgram } from './git-program.ts'

/** Of all patches of one commit; more is told without them. */
const MAX_PATCH_BYTES = 5_000_000
const MAX_LIST_BYTES = 20_000_000
const TIMEOUT_MS = 20_000

const DIFF = ['diff-tree', '-r', '-M', '--root', '--no-commit-id', '--no-ext-diff', '--no-textconv']

/**
 * What a commit did, compared with its parent; the first, compared with nothing.
 *
 * @param repository - Path of the bare repository. @returns `null` when it has no such commit. @throws When git fails.
 */
export async function readCommitDiff(
  program: Pick<GitProgram, 'run'>,
  repository: string,
  hash: string,
): Promise<CommitDiff | null> {
  const git = (args: readonly string[], maxBytes: number): Promise<string> =>
    program.run(['--git-dir', repository, ...args], { timeoutMs: TIMEOUT_MS, maxBytes })
  const isCommit = await git(['rev-parse', '--verify', '--quiet', `${hash}^{commit}`], MAX_LIST_BYTES).then(
    (found) => found.trim() === hash,
    () => false,
  )
  if (!isCommit) return null
  const files = parseList(await git([...DIFF, '--raw', '-z', hash], MAX_LIST_BYTES))
  const patches = await git([...DIFF, '--patch', '--full-index', hash], MAX_PATCH_BYTES).then(
    splitPatch,
    (error: unknown) => {
      if (isTooMuch(error)) return null
      throw error
    },
  )
  return {
    hash,
    files: files.map((file, at) => withPatch(file, patches === null ? null : (patches[at] ?? ''))),
  }
}

const isTooMuch = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'

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

/** One part for each file, in the order of the list; no line of a file's content begins like its header. */
const splitPatch = (text: string): string[] =>
  text
    .split(/^(?=diff --git )/m)
    .filter((part) => part !== '')
    .map(withoutHeader)

function withoutHeader(part: string): string {
  const at = part.search(/^@@ /m)
  return at === -1 ? '' : part.slice(at)
}

function withPatch(file: ListedFile, diff: string | null): FileDiff {
  const count = (sign: string): number =>
    diff === null ? 0 : diff.split('\n').filter((line) => line.startsWith(sign)).length
  return { ...file, additions: count('+'), deletions: count('-'), diff }
}
