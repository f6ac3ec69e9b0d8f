import type { Logger } from '@nexus/core/server'

/** Does work that the answer of a request does not wait for. */
export type InBackground = (requestId: string, work: () => Promise<void>) => void

interface BackgroundWork {
  readonly begin: InBackground
  /** Resolves when nothing is under way. */
  none(): Promise<void>
}

/** Failures are logged: nobody else hears of them. */
export function createBackgroundWork(logger: Logger): BackgroundWork {
  const running = new Set<Promise<void>>()
  return {
    begin: (requestId, work) => {
      const done: Promise<void> = work()
        .catch((error: unknown) => {
          logger.error({ err: error, requestId }, 'what a request left to be done has failed')
        })
        .finally(() => running.delete(done))
      running.add(done)
    },
    none: async () => {
      await Promise.all(running)
    },
  }
}
