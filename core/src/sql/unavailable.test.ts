import { expect, test } from 'vitest'
import { NexusError } from '../model/errors.ts'
import { isUnavailable, orUnavailable } from './unavailable.ts'

const withCode = (code: string) => Object.assign(new Error(code), { code })

test.each(['08006', '57P01', '57014', '53300', '40001', '40P01', '25006', '26000', 'ECONNREFUSED', 'EPIPE'])(
  '[UNA1] code %s means the database is away or cannot work now',
  (code) => {
    expect(isUnavailable(withCode(code))).toBe(true)
  },
)

test.each(['22021', '23505', '23503', '42601', '54000', 'XX000', 'ERR_INVALID_ARG_TYPE', 'toString'])(
  '[UNA2] code %s is the fault of the statement or of us',
  (code) => {
    expect(isUnavailable(withCode(code))).toBe(false)
  },
)

test('[UNA1] the drivers’ errors without a code count too', () => {
  expect(isUnavailable(new Error('Connection terminated unexpectedly'))).toBe(true)
  expect(isUnavailable(new Error('timeout exceeded when trying to connect'))).toBe(true)
  expect(isUnavailable(new Error('something else'))).toBe(false)
  expect(isUnavailable('Connection terminated')).toBe(false)
})

test('[UNA1] a plan that a migration made useless counts too, other missing features do not', () => {
  const feature = (message: string) => Object.assign(new Error(message), { code: '0A000' })
  expect(isUnavailable(feature('cached plan must not change result type'))).toBe(true)
  expect(isUnavailable(feature('cannot insert into a view'))).toBe(false)
})

test('[UNA3] the cause is kept, and other errors pass unchanged', async () => {
  const away = withCode('ECONNRESET')
  const caught = await orUnavailable(() => Promise.reject(away)).catch((error: unknown) => error)
  expect(caught).toBeInstanceOf(NexusError)
  expect(caught).toMatchObject({ code: 'unavailable', cause: away })
  const other = withCode('22021')
  await expect(orUnavailable(() => Promise.reject(other))).rejects.toBe(other)
})
