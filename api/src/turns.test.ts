import { toUserId } from '@nexus/core'
import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

const [ann, bob, cid] = [toUserId('ann'), toUserId('bob'), toUserId('cid')]

/** Work that goes on until it is let go, and the order in which it began. */
function bench(options: Partial<Parameters<typeof createTurns>[0]> = {}) {
  const turns = createTurns({
    maxRunning: 3,
    maxRunningPerUser: 2,
    maxWaiting: 4,
    maxWaitingPerUser: 4,
    ...options,
  })
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  const start = (who: typeof ann, name: string, gone?: AbortSignal) =>
    turns.take(
      who,
      () => {
        begun.push(name)
        const end = Promise.withResolvers<void>()
        ends.set(name, end)
        return end.promise.then(() => name)
      },
      gone,
    )
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

test('[LIM7] those who wait come one after the other, however much each has waiting', async () => {
  const { begun, start, end, settle } = bench({ maxRunning: 1, maxRunningPerUser: 1, maxWaiting: 9 })
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => start(ann, name))
  all.push(start(bob, 'b1'), start(bob, 'b2'), start(cid, 'c1'))
  for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']) {
    await settle()
    expect(begun.at(-1)).toBe(name)
    end(name)
  }
  await Promise.all(all)
})

test('[LIM7] nobody can take all the places to wait', async () => {
  const { start, end, settle } = bench({ maxRunning: 1, maxRunningPerUser: 1, maxWaitingPerUser: 2 })
  const all = ['a1', 'a2', 'a3'].map((name) => start(ann, name))
  await expect(start(ann, 'a4')).rejects.toMatchObject({ code: 'unavailable' })
  all.push(start(bob, 'b1'))
  for (const name of ['a1', 'a2', 'b1', 'a3']) {
    await settle()
    end(name)
  }
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1'])
})

test('[LIM7] who has gone does not wait any longer, nor keeps a place', async () => {
  const { begun, start, end, settle } = bench({ maxRunning: 1, maxWaiting: 1 })
  const first = start(ann, 'a1')
  const leaving = new AbortController()
  const second = start(bob, 'b1', leaving.signal)
  leaving.abort()
  await expect(second).rejects.toMatchObject({ code: 'unavailable' })
  await expect(start(bob, 'b2', leaving.signal)).rejects.toMatchObject({ code: 'unavailable' })
  const third = start(cid, 'c1')
  end('a1')
  await settle()
  end('c1')
  expect(await Promise.all([first, third])).toEqual(['a1', 'c1'])
  expect(begun).toEqual(['a1', 'c1'])
})
