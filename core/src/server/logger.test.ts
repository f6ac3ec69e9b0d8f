import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

function logged(say: (logger: ReturnType<typeof createLogger>) => void): { text: string; lines: object[] } {
  const written: string[] = []
  say(createLogger({ service: 'test', level: 'info', to: { write: (line) => written.push(line) } }))
  return { text: written.join(''), lines: written.map((line) => JSON.parse(line)) }
}

test('[LOGS1] a line is one JSON object with level, time, service and what is said', () => {
  const { lines } = logged((logger) => logger.warn({ document: 'd', list: [1, { a: 2 }] }, 'hello'))
  expect(lines).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'test',
      document: 'd',
      list: [1, { a: 2 }],
      msg: 'hello',
    },
  ])
})

test.each(['authorization', 'cookie', 'password', 'token', 'accessToken', 'sessionToken', 'secret'])(
  '[LOGS2] %s reaches no log line, wherever it stands',
  (name) => {
    const given = { [name]: 'hunter2', plain: 'shown' }
    const { text } = logged((logger) => {
      logger.info(given)
      logger.info({ request: { headers: given } })
      logger.info({ a: { b: { c: { d: { e: { f: { g: given } } } } } } })
      logger.info({ deep: { a: { b: given } }, list: [given] })
      logger.info({
        err: Object.assign(new Error('it failed', { cause: Object.assign(new Error(), given) }), given),
      })
      logger.info({ reason: Object.assign(new Error('it failed'), { config: given }) })
    })
    expect(text).not.toContain('hunter2')
    expect(text.split('[secret]').length - 1).toBeGreaterThanOrEqual(6)
    expect(text).toContain('shown')
    expect(given[name]).toBe('hunter2')
  },
)

test('[LOGS3] an error is told with type, message and stack', () => {
  const { lines } = logged((logger) => logger.error({ err: new RangeError('too far') }, 'failed'))
  expect(lines).toMatchObject([
    {
      level: 'error',
      err: { type: 'RangeError', message: 'too far', stack: expect.stringContaining('logger.test') },
    },
  ])
})
