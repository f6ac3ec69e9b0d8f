import { NexusError, type UserId } from '@nexus/core'

/** Work that costs much, some at a time; the rest waits. */
export interface Turns {
  /**
   * Does `work` when it is its turn. Who has much of it under way waits for others to have some.
   *
   * @throws {NexusError} `unavailable` when too much waits already; or what `work` throws.
   */
  take<T>(who: UserId, work: () => Promise<T>): Promise<T>
}

interface TurnsOptions {
  readonly maxRunning: number
  /** Of one user. */
  readonly maxRunningPerUser: number
  readonly maxWaiting: number
}

interface Waiting {
  readonly who: UserId
  readonly begin: () => void
}

export function createTurns({ maxRunning, maxRunningPerUser, maxWaiting }: TurnsOptions): Turns {
  const running = new Map<UserId, number>()
  let waiting: Waiting[] = []
  let count = 0

  const mayBegin = (who: UserId): boolean => count < maxRunning && (running.get(who) ?? 0) < maxRunningPerUser
  const note = (who: UserId, change: 1 | -1): void => {
    count += change
    const left = (running.get(who) ?? 0) + change
    if (left === 0) running.delete(who)
    else running.set(who, left)
  }
  const beginNext = (): void => {
    const next = waiting.find(({ who }) => mayBegin(who))
    if (next === undefined) return
    waiting = waiting.filter((each) => each !== next)
    next.begin()
  }

  return {
    async take(who, work) {
      if (mayBegin(who)) note(who, 1)
      else {
        if (waiting.length >= maxWaiting)
          throw new NexusError(
            'unavailable',
            'The server is busy with reads of the past; try again in a moment.',
          )
        await new Promise<void>((resolve) => {
          const begin = (): void => {
            note(who, 1)
            resolve()
          }
          waiting.push({ who, begin })
        })
      }
      try {
        return await work()
      } finally {
        note(who, -1)
        beginNext()
      }
    },
  }
}
