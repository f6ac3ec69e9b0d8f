import { expect, test } from 'vitest'
import { createWorkQueue } from './work-queue.ts'

type Reason = 'weak' | 'strong'

/** A queue whose work ends when the test says so. */
function someQueue(concurrency: number) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const queue = createWorkQueue<string, Reason>({
    concurrency,
    stronger: (a, b) => (a === 'strong' ? a : b),
    run: (key, reason) => {
      begun.push(`${key} ${reason}`)
      return new Promise((resolve) => ends.set(key, resolve))
    },
  })
  const end = async (key: string) => {
    ends.get(key)?.()
    await new Promise(setImmediate)
  }
  return { queue, begun, end }
}

test('[SNAP4] work asked for several times before it begins is done once, for the stronger reason', async () => {
  const { queue, begun, end } = someQueue(1)
  queue.add('a', 'weak')
  queue.add('b', 'weak')
  queue.add('b', 'strong')
  queue.add('b', 'weak')
  await end('a')
  expect(begun).toEqual(['a weak', 'b strong'])
})

test('[SNAP4] work asked for while it is under way is done once more, never twice at a time', async () => {
  const { queue, begun, end } = someQueue(4)
  queue.add('a', 'weak')
  queue.add('a', 'strong')
  expect(begun).toEqual(['a weak'])
  await end('a')
  expect(begun).toEqual(['a weak', 'a strong'])
})

test('[SNAP4] closing forgets what waits and lets what is under way end', async () => {
  const { queue, begun, end } = someQueue(1)
  queue.add('a', 'weak')
  queue.add('b', 'weak')
  const closed = queue.close()
  await end('a')
  await closed
  queue.add('c', 'weak')
  expect(begun).toEqual(['a weak'])
})
