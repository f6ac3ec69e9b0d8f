const FIRST_MS = 200
const MAX_MS = 10_000

/** Before try `tried + 1`, ms: doubling, and half of it by chance, so that many clients do not come back together. */
export function pauseBefore(tried: number, random: () => number = Math.random): number {
  const full = Math.min(MAX_MS, FIRST_MS * 2 ** (tried - 1))
  return full / 2 + (full / 2) * random()
}

/** @throws The signal's reason, when it is aborted first. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', give)
      resolve()
    }, ms)
    if (signal?.aborted === true) give()
    signal?.addEventListener('abort', give, { once: true })
  })
}
