import { type Clock, NexusError } from '@nexus/core'

const FIRST_DELAY_MS = 1_000
/** Failures are forgotten after this long without another, ms. */
const FORGOTTEN_AFTER_MS = 3_600_000
const MAX_REMEMBERED = 50_000

/** How an attempt ended. */
export interface Attempt {
  /** The key's failures are forgotten. */
  succeed(): void
  fail(): void
  /** It said nothing about the key, for example because the database was away. */
  void(): void
}

/** Makes attempts wait the longer the more have failed, per key and in this process. */
export interface GrowingDelay {
  /**
   * What is under way counts as failed until it has ended, so that trying many at once is not a way around.
   *
   * @throws {NexusError} `rate_limited`; nothing was begun.
   */
  begin(key: string): Attempt
}

interface GrowingDelayOptions {
  /** So many failures cost nothing; then 1 s, 2 s, 4 s … 0: no delay ever. */
  readonly after: number
  readonly maxDelayMs: number
  readonly clock: Clock
}

interface Entry {
  failures: number
  pending: number
  waitsUntil: number
  failedAt: number
}

const NO_ATTEMPT: Attempt = { succeed: () => undefined, fail: () => undefined, void: () => undefined }

export function createGrowingDelay({ after, maxDelayMs, clock }: GrowingDelayOptions): GrowingDelay {
  const entries = new Map<string, Entry>()
  const now = (): number => clock.now().getTime()
  const entryOf = (key: string): Entry => {
    const known = entries.get(key)
    const isOld = known !== undefined && known.pending === 0 && now() - known.failedAt > FORGOTTEN_AFTER_MS
    const entry =
      known !== undefined && !isOld ? known : { failures: 0, pending: 0, waitsUntil: 0, failedAt: now() }
    // To the end: whoever tried longest ago is forgotten first.
    entries.delete(key)
    entries.set(key, entry)
    const oldest = entries.keys().next()
    if (entries.size > MAX_REMEMBERED && !oldest.done) entries.delete(oldest.value)
    return entry
  }
  const delayMs = (failures: number): number =>
    failures < after ? 0 : Math.min(maxDelayMs, FIRST_DELAY_MS * 2 ** Math.min(30, failures - after))

  return {
    begin: (key) => {
      if (after === 0) return NO_ATTEMPT
      const entry = entryOf(key)
      const waitMs = entry.waitsUntil - now()
      if (waitMs > 0) throw tooMany(waitMs)
      const underWay = entry.failures + entry.pending
      if (entry.pending > 0 && underWay >= after) throw tooMany(FIRST_DELAY_MS)
      entry.pending += 1
      return {
        succeed: () => {
          entry.pending -= 1
          entry.failures = 0
          entry.waitsUntil = 0
        },
        fail: () => {
          entry.pending -= 1
          entry.failures += 1
          entry.failedAt = now()
          entry.waitsUntil = Math.max(entry.waitsUntil, now() + delayMs(entry.failures))
        },
        void: () => {
          entry.pending -= 1
        },
      }
    },
  }
}

function tooMany(waitMs: number): NexusError {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1_000))
  return new NexusError('rate_limited', `Too many attempts; try again in ${retryAfter} seconds.`, {
    details: { retryAfter },
  })
}
