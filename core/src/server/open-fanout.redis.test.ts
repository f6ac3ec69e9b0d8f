import { Redis } from 'ioredis'
import { type Logger, pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { createNodeId } from '../model/ids.ts'
import { someAnnouncement } from '../testkit/describe-fanout.ts'
import { startRedis } from '../testkit/start-redis.ts'
import { openFanout } from './open-fanout.ts'

interface Line {
  readonly level: number
  readonly msg: string
}

const closings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
})

function recordLog(): { readonly logger: Logger; readonly lines: Line[]; readonly text: () => string } {
  const lines: Line[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { logger, lines, text: () => JSON.stringify(lines) }
}

async function openOn(url: string) {
  const log = recordLog()
  const fanout = openFanout({ url, nodeId: createNodeId(), logger: log.logger })
  closings.push(() => fanout.close())
  return { ...log, fanout }
}

const WAIT = { timeout: 15_000, interval: 20 }

test('[SRV6] going away is one warning and coming back one line, however often it is tried between', async () => {
  const redis = await startRedis()
  closings.push(() => redis.stop())
  const { fanout, lines } = await openOn(redis.url)
  await vi.waitFor(() => expect(fanout.isHealthy()).toBe(true), WAIT)
  await redis.crash()
  await vi.waitFor(() => expect(lines).toHaveLength(1), WAIT)
  expect(lines[0]).toMatchObject({ level: 40, msg: expect.stringContaining('fan-out is away') })
  // Some more attempts fail.
  await new Promise((resolve) =>
    new Redis(redis.url, { retryStrategy: (n) => (n < 9 ? 100 : null) })
      .on('error', () => undefined)
      .on('end', resolve),
  )
  await redis.restart()
  await vi.waitFor(() => expect(lines).toHaveLength(2), WAIT)
  expect(lines[1]).toMatchObject({ level: 30, msg: expect.stringContaining('is back') })
})

test('[SRV6] a wrong password is told with its reason and without the password', async () => {
  const redis = await startRedis()
  closings.push(() => redis.stop())
  const admin = new Redis(redis.url)
  closings.push(async () => admin.disconnect())
  await admin.config('SET', 'requirepass', 'the right one')
  const { lines, text } = await openOn(redis.url.replace('//', '//:not-the-one@'))
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0), WAIT)
  expect(text()).toMatch(/WRONGPASS|NOAUTH/)
  expect(text()).not.toContain('not-the-one')
})

test('[SRV6] messages that cannot be read are told, a flood of them in one line', async () => {
  const redis = await startRedis()
  closings.push(() => redis.stop())
  const { fanout, lines } = await openOn(redis.url)
  await vi.waitFor(() => expect(fanout.isHealthy()).toBe(true), WAIT)
  const good = someAnnouncement()
  await fanout.onAnnouncement(good.document, () => undefined)
  const stranger = new Redis(redis.url)
  closings.push(async () => stranger.disconnect())
  for (let count = 0; count < 50; count += 1) {
    await stranger.publish(`nexus:updates:{${good.document}}`, 'nonsense')
  }
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0), WAIT)
  const heard = Promise.withResolvers<void>()
  await fanout.onPulse(() => heard.resolve())
  fanout.publishPulse({ node: createNodeId(), state: 'alive' })
  await heard.promise
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({ level: 40 })
})
