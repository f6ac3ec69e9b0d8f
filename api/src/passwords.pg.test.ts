import { createHash } from 'node:crypto'
import { createTokenSigner, withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { mailTo, newMailFolder, readMails } from './testkit/read-mails.ts'
import { PASSWORD, type Person, signUp, startTestApi, type TestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })
const NEW_PASSWORD = 'another battery staple'

const logIn = (api: TestApi, { email }: { readonly email: string }, password: string) =>
  api.call('POST', '/api/auth/login', { body: { email, password }, headers: { 'x-client': 'api' } })
const forget = (api: TestApi, email: string) =>
  api.call('POST', '/api/auth/forgot-password', { body: { email } })
const reset = (api: TestApi, token: string, newPassword = NEW_PASSWORD) =>
  api.call('POST', '/api/auth/reset-password', { body: { token, newPassword } })

/** A link in a mail, as somebody finds it who has forgotten the password. */
async function forgotten(given: { readonly now?: () => Date } = {}) {
  const mailFolder = await newMailFolder()
  const api = await start({ mailFolder, ...given })
  const ann = await signUp(api)
  // First the one that confirms the address.
  await mailTo(mailFolder, ann.email)
  expect((await forget(api, ann.email.toUpperCase())).status).toBe(202)
  const { token, text } = await mailTo(mailFolder, ann.email, 2)
  return { api, ann, token, text, mailFolder }
}

describe('changing the password', () => {
  test('[ACC40] needs the old one, and ends every session but the own', async () => {
    const api = await start()
    const ann = await signUp(api)
    const { body: elsewhere } = await logIn(api, ann, PASSWORD)
    const change = (currentPassword: string) =>
      ann.call('POST', '/api/auth/password', { body: { currentPassword, newPassword: NEW_PASSWORD } })
    const refused = await change('not it')
    expect([refused.status, refused.body.code]).toEqual([401, 'invalid_credentials'])
    expect((await logIn(api, ann, PASSWORD)).status).toBe(200)

    expect((await change(PASSWORD)).status).toBe(204)
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(200)
    expect((await api.call('GET', '/api/auth/me', { token: elsewhere.accessToken })).status).toBe(401)
    expect((await logIn(api, ann, PASSWORD)).status).toBe(401)
    expect((await logIn(api, ann, NEW_PASSWORD)).status).toBe(200)
  })

  test('[ACC58] a token that no session made changes nothing about the account', async () => {
    const api = await start()
    const ann = await signUp(api)
    const token = (await createTokenSigner(database.db)).tokenOf(ann.userId)
    const calls: [string, string, unknown?][] = [
      ['POST', '/api/auth/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }],
      ['PATCH', '/api/auth/me', { name: 'Eve' }],
      ['DELETE', '/api/auth/me', { password: PASSWORD }],
      ['GET', '/api/auth/sessions'],
      ['POST', '/api/auth/logout-everywhere'],
      ['POST', '/api/auth/verify-email/request'],
    ]
    for (const [method, path, body] of calls) {
      const answer = await api.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden'])
    }
    // The API has no private half of that key.
    await database.db.deleteFrom('jwks').where('private_key', '=', '').execute()
    expect((await logIn(api, ann, PASSWORD)).status).toBe(200)
  })
})

describe('a forgotten password', () => {
  test('[ACC41] is asked for with one answer, whether there is an account or not', async () => {
    const { api, ann, mailFolder } = await forgotten()
    const before = (await readMails(mailFolder)).length
    const known = await forget(api, ann.email)
    const unknown = await forget(api, 'nobody.knows@example.org')
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body])
    await mailTo(mailFolder, ann.email, 3)
    expect((await readMails(mailFolder)).length).toBe(before + 1)
  })

  test('[ACC41] does not wait for the database where there is an account', async () => {
    const { api, ann } = await forgotten()
    await database.db.schema.alterTable('account_tokens').renameTo('account_tokens_away').execute()
    try {
      expect((await forget(api, ann.email)).status).toBe(202)
      await api.drain()
    } finally {
      await database.db.schema.alterTable('account_tokens_away').renameTo('account_tokens').execute()
    }
  })

  test('[ACC41, MAIL3] is refused for everybody where no mail is sent', async () => {
    const api = await start()
    const ann = await signUp(api)
    for (const email of [ann.email, 'nobody.knows@example.org']) {
      const answer = await forget(api, email)
      expect([answer.status, answer.body.code]).toEqual([409, 'mail_not_configured'])
    }
  })

  test('[ACC42] is set anew with the link of the mail, once, and ends every session', async () => {
    const { api, ann, token, text } = await forgotten()
    expect(text).toContain('https://nexus.test/reset-password#')
    expect((await reset(api, token)).status).toBe(204)
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(401)
    expect((await logIn(api, ann, PASSWORD)).status).toBe(401)
    const { body } = await logIn(api, ann, NEW_PASSWORD)
    // The mail has arrived, so the address is right.
    expect(body.user.emailVerified).toBe(true)
    await expectDead(api, ann, token)
  })

  test.each([
    [false, 401],
    [true, 200],
  ])(
    '[ACC59] leaves no key of whoever had the address before it was confirmed (%s: %d)',
    async (isConfirmed, status) => {
      const { api, ann, token } = await forgotten()
      const { body: key } = await ann.call('POST', '/api/keys', { body: { name: 'CI', scopes: ['read'] } })
      const read = async () => (await api.call('GET', '/api/workspaces', { token: key.key })).status
      expect(await read()).toBe(200)
      await database.db
        .updateTable('users')
        .set({ email_verified: isConfirmed })
        .where('email', '=', ann.email)
        .execute()
      expect((await reset(api, token)).status).toBe(204)
      expect(await read()).toBe(status)
    },
  )

  test('[ACC42] the link works for one of two who follow it at once', async () => {
    const { api, token } = await forgotten()
    const answers = await Promise.all([reset(api, token, 'first of two'), reset(api, token, 'second of two')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 422])
  })

  test('[ACC42] the link is over after an hour, and when the password has been changed', async () => {
    let now = new Date()
    const { api, ann, token } = await forgotten({ now: () => now })
    now = new Date(now.getTime() + 3_600_001)
    await expectDead(api, ann, token)

    const other = await forgotten()
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
    expect((await other.ann.call('POST', '/api/auth/password', { body })).status).toBe(204)
    const answer = await reset(other.api, other.token, 'set by an old link')
    expect(answer.status).toBe(422)
  })

  test('[ACC42] the database has only the hash of the token', async () => {
    const { token } = await forgotten()
    const rows = await database.db
      .selectFrom('account_tokens')
      .select('hash')
      .where('purpose', '=', 'reset_password')
      .execute()
    const hashes = rows.map(({ hash }) => Buffer.from(hash).toString('hex'))
    expect(hashes).toContain(createHash('sha256').update(token).digest('hex'))
    expect(hashes.join()).not.toContain(Buffer.from(token).toString('hex'))
    expect(token).toMatch(/^[\w-]{43}$/)
  })

  async function expectDead(api: TestApi, ann: Person, token: string): Promise<void> {
    for (const dead of [token, 'made up', `${token}x`]) {
      const answer = await reset(api, dead, 'set by a dead link')
      expect([answer.status, answer.body.code, answer.body.pointer]).toEqual([
        422,
        'validation_failed',
        '/token',
      ])
    }
    expect((await logIn(api, ann, 'set by a dead link')).status).toBe(401)
  }
})

describe('the address', () => {
  test('[ACC43] gets a link at sign-up that confirms it, and has nothing in it that was typed', async () => {
    const mailFolder = await newMailFolder()
    const api = await start({ mailFolder })
    const ann = await signUp(api)
    expect((await ann.call('GET', '/api/auth/me')).body.emailVerified).toBe(false)
    const { token, text } = await mailTo(mailFolder, ann.email)
    expect(text).not.toMatch(/Person \d/)
    const verify = () => api.call('POST', '/api/auth/verify-email', { body: { token } })
    expect((await verify()).status).toBe(204)
    expect((await ann.call('GET', '/api/auth/me')).body.emailVerified).toBe(true)
    const again = await verify()
    expect([again.status, again.body.pointer]).toEqual([422, '/token'])
  })

  test('[ACC43] a link of the one kind is none of the other', async () => {
    const { api, ann, token, mailFolder } = await forgotten()
    const { token: verifying } = await mailTo(mailFolder, ann.email, 1)
    expect((await api.call('POST', '/api/auth/verify-email', { body: { token } })).status).toBe(422)
    expect((await reset(api, verifying)).status).toBe(422)
  })

  test('[ACC44] the mail is sent again while it is not confirmed, and nothing waits for it', async () => {
    const mailFolder = await newMailFolder()
    const api = await start({ mailFolder })
    const ann = await signUp(api)
    expect((await ann.call('GET', '/api/workspaces')).status).toBe(200)
    const again = () => ann.call('POST', '/api/auth/verify-email/request')
    await mailTo(mailFolder, ann.email)
    expect((await again()).status).toBe(202)
    const { token } = await mailTo(mailFolder, ann.email, 2)
    expect((await api.call('POST', '/api/auth/verify-email', { body: { token } })).status).toBe(204)
    expect((await again()).status).toBe(202)
    await api.drain()
    expect(await readMails(mailFolder)).toHaveLength(2)
  })

  test('[ACC44] without a mail server people sign up all the same', async () => {
    const ann = await signUp(await start())
    const answer = await ann.call('POST', '/api/auth/verify-email/request')
    expect([answer.status, answer.body.code]).toEqual([409, 'mail_not_configured'])
  })
})
