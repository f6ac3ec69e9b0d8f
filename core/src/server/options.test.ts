import { describe, expect, test } from 'vitest'
import {
  choiceOption,
  InvalidOptions,
  optionalTextOption,
  portOption,
  readOptions,
  textOption,
} from './options.ts'

const TABLE = {
  PORT: portOption({ doc: 'Port to listen on', fallback: 4000 }),
  DATABASE_URL: textOption({ doc: 'Where PostgreSQL is', secret: true }),
  LEVEL: choiceOption(['info', 'debug'], { doc: 'How much to log', fallback: 'info' }),
  REDIS_URL: optionalTextOption({ doc: 'Where Redis is' }),
}

describe('readOptions', () => {
  test('[CFG1] settings that are not given have their fallback', () => {
    expect(readOptions(TABLE, { DATABASE_URL: 'postgres://x', LEVEL: '' })).toEqual({
      PORT: 4000,
      DATABASE_URL: 'postgres://x',
      LEVEL: 'info',
      REDIS_URL: null,
    })
  })

  test('[CFG2] every problem is reported at once, each with its name', () => {
    const read = () => readOptions(TABLE, { PORT: '99999', LEVEL: 'loud' })
    expect(read).toThrow(InvalidOptions)
    expect(read).toThrow(
      /PORT must be .*\n.*DATABASE_URL is missing: Where PostgreSQL is\n.*LEVEL must be one of/s,
    )
  })

  test('[CFG3] the text of a secret is never in the message', () => {
    const table = { KEY: { ...portOption({ doc: 'a key' }), secret: true } }
    expect(() => readOptions(table, { KEY: 'hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
  })
})
