import { readdirSync, readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { createArgon2Thread } from './argon2-thread.ts'
import { createPasswords } from './passwords.ts'

test('[ACC57] passwords are hashed in turns, and when too many wait the next is refused', async () => {
  const passwords = createPasswords({ maxAtOnce: 1 })
  onTestFinished(() => passwords.close())
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

test.runIf(process.platform === 'linux')(
  '[ACC57] whoever hashes gives way to the rest of the process',
  async () => {
    const passwords = createPasswords({ maxAtOnce: 1 })
    onTestFinished(() => passwords.close())
    await passwords.hash('x')
    // Field 19 of proc_pid_stat(5), behind the name in brackets.
    const nices = readdirSync('/proc/self/task').map((id) => {
      const [, rest = ''] = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ')
      return Number(rest.split(' ')[16])
    })
    const own = Number(
      readFileSync(`/proc/${process.pid}/task/${process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[16],
    )
    expect(nices.filter((nice) => nice >= own + 10)).toHaveLength(1)
  },
)

test('[ACC57] a thread that dies takes its own password with it, and no other', async () => {
  const thread = createArgon2Thread()
  onTestFinished(() => thread.close())
  const lost = thread.run({ password: 'x', hashed: null })
  await thread.close()
  await expect(lost).rejects.toThrow('has ended')
  await expect(thread.run({ password: 'x', hashed: null })).resolves.toMatch(/^\$argon2id\$/)
})
