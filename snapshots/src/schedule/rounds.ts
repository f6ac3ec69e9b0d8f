interface Rounds {
  /** No further round begins; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/**
 * Runs `round` once in each interval, never two at a time. `round` must not reject.
 *
 * @param align - `true`: at whole multiples of the interval by the machine's clock, so that several workers begin together
 *   and share the work, instead of each committing at its own moment.
 * @param firstMs - Until the first round, unless aligned.
 */
export function startRounds(
  intervalMs: number,
  round: () => Promise<void>,
  { align, firstMs = intervalMs }: { readonly align: boolean; readonly firstMs?: number },
): Rounds {
  let current = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const plan = (waitMs: number): void => {
    if (isStopped) return
    timer = setTimeout(
      () => {
        current = round().finally(() => plan(intervalMs))
      },
      align ? intervalMs - (Date.now() % intervalMs) : waitMs,
    )
  }
  plan(firstMs)
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await current
    },
  }
}
