import { createRandom } from '@nexus/core/testkit'
import { getUnixTime } from 'lib0/time'
import { vi } from 'vitest'

const realImmediate = setImmediate
const realRandom = Math.random
/** Any; always the same. */
const START = new Date('2030-01-01T00:00:00Z')

/** Time that passes as fast as there is something to do, and never by itself. */
export interface VirtualTime {
  /** Runs everything that is due in the next `ms`, in order; between two timers all promises that can settle do. */
  pass(ms: number): Promise<void>
}

/**
 * Lends a world in which timers, clocks and `Math.random` depend on `seed` and on nothing else. Not so: identifiers
 * from the system's random source (node, socket and document ids), on which no order depends.
 */
export async function withVirtualTime<T>(seed: number, run: (time: VirtualTime) => Promise<T>): Promise<T> {
  const random = createRandom(seed)
  Math.random = () => random.below(2 ** 32) / 2 ** 32
  vi.useFakeTimers({
    now: START,
    // `document-database.ts` and `drain.ts` wait by `node:timers/promises`.
    fakeNodeBuiltins: true,
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
    ],
  })
  try {
    if (getUnixTime() !== START.getTime()) throw new Error('Import virtual-date.ts first.')
    return await run({ pass })
  } finally {
    vi.useRealTimers()
    Math.random = realRandom
  }
}

async function pass(ms: number): Promise<void> {
  let isOver = false
  await settled()
  setTimeout(() => {
    isOver = true
  }, ms)
  while (!isOver) {
    vi.advanceTimersToNextTimer()
    await settled()
  }
}

/** A real turn of the event loop: every promise that can settle has. */
const settled = (): Promise<void> => new Promise((resolve) => realImmediate(resolve))
