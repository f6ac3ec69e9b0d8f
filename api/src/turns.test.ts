import { toUserId } from '@nexus/core'
import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

const [ann, bob] = [toUserId('ann'), toUserId('bob')]

/** Work that goes on until it is let go, and the order in which it began. */
function bench(options: Partial<Parameters<typeof createTurns>[0]> = {}) {
  const turns = createTurns({ maxRunning: 3, maxRunningPerUser: 2, maxWaiting: 4, ...options })
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  const start = (who: typeof ann, name: string) =>
    turns.take(who, () => {
      begun.push(name)
      const end = Promise.withResolvers<void>()
      ends.set(name, end)
      return end.promise.then(() => name)
    })
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    begun,
    start,
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
    settle,
  }
}

test('[LIM7] so much is under way at once, of one user less; others come before who has their share', async () => {
  const { begun, start, end, settle } = bench()
  const all = [
    start(ann, 'a1'),
    start(ann, 'a2'),
    start(ann, 'a3'),
    start(ann, 'a4'),
    start(bob, 'b1'),
    start(bob, 'b2'),
  ]
  await settle()
  expect(begun).toEqual(['a1', 'a2', 'b1'])
  end('b1')
  await settle()
  expect(begun).toEqual(['a1', 'a2', 'b1', 'b2'])
  end('a1')
  await settle()
  expect(begun).toEqual(['a1', 'a2', 'b1', 'b2', 'a3'])
  for (const name of ['a2', 'a3', 'b2']) end(name)
  await settle()
  end('a4')
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'b2'])
})

test('[LIM7] when too much waits, more is refused at once; what fails gives its turn on', async () => {
  const { begun, start, fail, end, settle } = bench({ maxRunning: 1, maxWaiting: 1 })
  const first = start(ann, 'a1')
  const second = start(bob, 'b1')
  await expect(start(bob, 'b2')).rejects.toMatchObject({ code: 'unavailable' })
  fail('a1')
  await expect(first).rejects.toThrow('a1')
  await settle()
  expect(begun).toEqual(['a1', 'b1'])
  end('b1')
  expect(await second).toBe('b1')
})
