import { NexusError, type UserId } from '@nexus/core'

/** Work that costs much, some at a time; the rest waits. */
export interface Turns {
  /**
   * Does `work` when it is its turn. Those who wait come one after the other, however much each of them has waiting.
   *
   * @param gone - Who has gone does not wait any longer; what has begun goes on.
   * @throws {NexusError} `unavailable` when too much waits already, or who asked has gone; or what `work` throws.
   */
  take<T>(who: UserId, work: () => Promise<T>, gone?: AbortSignal): Promise<T>
}

interface TurnsOptions {
  readonly maxRunning: number
  /** Of one user. */
  readonly maxRunningPerUser: number
  readonly maxWaiting: number
  /** Of one user, so that nobody can keep all others from waiting. */
  readonly maxWaitingPerUser: number
}

type Begin = () => void

export function createTurns(options: TurnsOptions): Turns {
  const { maxRunning, maxRunningPerUser, maxWaiting, maxWaitingPerUser } = options
  const running = new Map<UserId, number>()
  /** Who was served longest ago comes first. */
  const waiting = new Map<UserId, Begin[]>()
  let runningCount = 0
  let waitingCount = 0

  const mayBegin = (who: UserId): boolean =>
    runningCount < maxRunning && (running.get(who) ?? 0) < maxRunningPerUser
  const note = (who: UserId, change: 1 | -1): void => {
    runningCount += change
    const left = (running.get(who) ?? 0) + change
    if (left === 0) running.delete(who)
    else running.set(who, left)
  }
  const enqueue = (who: UserId, begin: Begin): void => {
    const own = waiting.get(who) ?? []
    if (waitingCount >= maxWaiting || own.length >= maxWaitingPerUser) throw busy()
    own.push(begin)
    waiting.set(who, own)
    waitingCount += 1
  }
  const dequeue = (who: UserId, begin: Begin): void => {
    const own = (waiting.get(who) ?? []).filter((each) => each !== begin)
    waitingCount -= 1
    waiting.delete(who)
    if (own.length > 0) waiting.set(who, own)
  }
  const beginNext = (): void => {
    for (const [who, [begin]] of waiting) {
      if (begin === undefined || !mayBegin(who)) continue
      begin()
      return
    }
  }
  const wait = async (who: UserId, gone: AbortSignal | undefined): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const begin = (): void => {
      dequeue(who, begin)
      note(who, 1)
      resolve()
    }
    const leave = (): void => {
      dequeue(who, begin)
      reject(left())
    }
    if (gone?.aborted === true) throw left()
    enqueue(who, begin)
    gone?.addEventListener('abort', leave, { once: true })
    await promise.finally(() => gone?.removeEventListener('abort', leave))
  }

  return {
    async take(who, work, gone) {
      if (mayBegin(who)) note(who, 1)
      else await wait(who, gone)
      try {
        return await work()
      } finally {
        note(who, -1)
        beginNext()
      }
    },
  }
}

const left = (): NexusError => new NexusError('unavailable', 'Who asked for this has gone.')
const busy = (): NexusError =>
  new NexusError('unavailable', 'The server is busy with reads of the past; try again in a moment.')
