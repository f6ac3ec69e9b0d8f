import { expect, test } from 'vitest'
import { createPasswords } from './passwords.ts'

test('[ACC57] passwords are hashed in turns, and when too many wait the next is refused', async () => {
  const passwords = createPasswords({ maxAtOnce: 1 })
  const order: number[] = []
  const done = Array.from({ length: 4 }, (_each, index) =>
    passwords.hash('x').then((hashed) => {
      order.push(index)
      return hashed
    }),
  )
  const [first = ''] = await Promise.all(done)
  expect(order).toEqual([0, 1, 2, 3])
  expect(await passwords.isRight('x', first)).toBe(true)
  expect(await passwords.isRight('y', first)).toBe(false)
  expect(await passwords.isRight('x', 'no hash')).toBe(false)

  const many = Array.from({ length: 210 }, () => passwords.isRight('x', 'no hash'))
  const refused = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(9)
  expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited', details: { retryAfter: 2 } } })
  expect(await passwords.isRight('x', first)).toBe(true)
})
