import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DurableFiles, hasCode, unlinkIfThere } from './durable-fs.ts'

/** How long somebody else's lock is waited for, in ms. Git's own commands hold one for a few. */
const LOCK_PATIENCE_MS = 2_000
const LOCK_POLL_MS = 20

interface RefSwap {
  /** The file of the ref. */
  readonly path: string
  /** What the ref must be now; `null`: it must not exist. */
  readonly expected: string | null
  readonly next: string
  /** Reads the ref, also where Git has packed it. */
  readonly read: () => Promise<string | null>
}

/**
 * Moves a ref from one commit to another, or leaves it when it has moved in the meantime.
 *
 * Everything written before is on the disk first. The lock is Git's own: `<ref>.lock`, which appears with the new value in
 * it and becomes the ref by one rename. A lock that stays was left by a killed process and is removed; should its
 * owner only have slept, its rename finds no lock, or moves the lock of a writer who has compared after it. Either way the
 * ref takes only values that follow the one it had, and whoever lost sees it by reading back.
 *
 * @returns `false` when the ref was not `expected`, or became something else than `next`.
 */
export async function swapRef(files: DurableFiles, swap: RefSwap): Promise<boolean> {
  const lock = `${swap.path}.lock`
  await files.flush()
  await takeLock(files, lock, swap.next)
  if ((await swap.read()) !== swap.expected) {
    await unlinkIfThere(lock)
    return false
  }
  try {
    await files.move(lock, swap.path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  await files.flush()
  return (await swap.read()) === swap.next
}

async function takeLock(files: DurableFiles, lock: string, value: string): Promise<void> {
  const bytes = new TextEncoder().encode(`${value}\n`)
  let seen = await identityOf(lock)
  let since = Date.now()
  while (!(await files.create(lock, bytes))) {
    const holder = await identityOf(lock)
    if (holder !== seen) since = Date.now()
    seen = holder
    if (Date.now() - since >= LOCK_PATIENCE_MS) await unlinkIfThere(lock)
    else await sleep(LOCK_POLL_MS)
  }
}

/** @returns `null` when there is no lock. */
async function identityOf(lock: string): Promise<string | null> {
  try {
    const { ino, mtimeMs } = await stat(lock)
    return `${ino} ${mtimeMs}`
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}
