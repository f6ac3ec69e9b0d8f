/** Resolves when `work` has, or after `limitMs` without it; no timer is left. @throws What `work` throws meanwhile. */
export async function waitAtMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, limitMs)
  try {
    await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
