import { setTimeout as wait } from 'node:timers/promises'

/** Long enough for what must happen, also on a machine with other work. */
const LIMIT_MS = 20_000
const LOOK_MS = 25

/** Resolves when `holds` is true. @throws When it is not in time, with what `about` says then. */
export async function until(holds: () => boolean | Promise<boolean>, about: () => string): Promise<void> {
  const deadline = performance.now() + LIMIT_MS
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(about())
    await wait(LOOK_MS)
  }
}

/** @throws When `promise` has not settled in time. */
export async function inTime<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  const over = new AbortController()
  const late = wait(LIMIT_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`After ${LIMIT_MS} ms: ${otherwise}.`)
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    over.abort()
  }
}
