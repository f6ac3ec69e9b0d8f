import { execFileSync } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** Ended, but nobody has asked how. */
  readonly isZombie: boolean
}

const CHECK_MS = 5

/**
 * A process and all it has started. By parents, not by process group: PostgreSQL gives each of its processes a group of
 * its own.
 */
function treeOf(root: number, rows: readonly ProcessRow[]): number[] {
  const children = rows.filter((row) => row.parent === root && row.pid !== root)
  return [root, ...children.flatMap((row) => treeOf(row.pid, rows))]
}

/** Stops them all where they are, until {@link thawTree} with what this gives back. */
export function freezeTree(root: number): readonly number[] {
  // First the root, so that it starts nothing while we look.
  signal(root, 'SIGSTOP')
  const tree = treeOf(root, processes())
  for (const pid of tree) signal(pid, 'SIGSTOP')
  return tree
}

export function thawTree(tree: readonly number[]): void {
  for (const pid of tree) signal(pid, 'SIGCONT')
}

/** SIGKILL for all of them, as one crash of the machine. Resolves when all are gone. */
export async function killTree(root: number): Promise<void> {
  const tree = new Set(freezeTree(root))
  for (const pid of tree) signal(pid, 'SIGKILL')
  while (processes().some(({ pid, isZombie }) => tree.has(pid) && !isZombie)) await wait(CHECK_MS)
}

function processes(): ProcessRow[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, stat]) => ({
      pid: Number(pid),
      parent: Number(parent),
      isZombie: stat?.startsWith('Z') ?? false,
    }))
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
