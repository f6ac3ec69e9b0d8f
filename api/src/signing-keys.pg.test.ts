import { createAccessTokenVerifier } from '@nexus/core/server'
import { withTestDatabase } from '@nexus/core/testkit'
import { decodeProtectedHeader } from 'jose'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { rotateSigningKeys } from './accounts/signing-keys.ts'
import { signUp, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = () => startTestApi({ db: database.db })
const kidsInTable = async () =>
  (await database.db.selectFrom('jwks').select('id').execute()).map(({ id }) => id)
/** As if all keys had been made that much earlier. */
const age = (interval: string) =>
  sql`update jwks set created_at = created_at - ${interval}::interval`.execute(database.db)

test('[ACC52] a new key signs, the old one’s tokens stay valid until they end, and then it goes', async () => {
  const first = await start()
  const ann = await signUp(first)
  // It has been running for long: it knows the keys, and nobody tells it of others.
  const verifier = createAccessTokenVerifier({ db: database.db })
  await verifier.verify(ann.token)
  await age('91 days')
  const api = await start()
  const { body } = await first.call('POST', '/api/auth/refresh', { body: { sessionToken: ann.sessionToken } })
  const [oldKid, newKid] = [ann.token, body.accessToken].map((token) => decodeProtectedHeader(token).kid)
  expect(newKid).not.toBe(oldKid)
  for (const token of [ann.token, body.accessToken]) {
    await expect(verifier.verify(token)).resolves.toMatchObject({ userId: ann.userId })
    for (const each of [first, api]) {
      expect((await each.call('GET', '/api/auth/me', { token })).status).toBe(200)
    }
  }
  const published = async () => {
    const { body: set } = await api.call('GET', '/.well-known/jwks.json')
    return set.keys.map(({ kid }: { kid: string }) => kid)
  }
  expect((await published()).toSorted()).toEqual([oldKid, newKid].toSorted())
  await age('59 minutes')
  await start()
  expect(await published()).toContain(oldKid)
  await age('1 minute')
  await start()
  expect(await published()).toEqual([newKid])
})

test('[ACC53] of many processes that rotate at once, one makes the key', async () => {
  await start()
  await age('91 days')
  const before = await kidsInTable()
  const rotation = { now: new Date(), keyDays: 90, encrypt: async (text: string) => text }
  await Promise.all(Array.from({ length: 8 }, () => rotateSigningKeys(database.db, rotation)))
  const made = (await kidsInTable()).filter((id) => !before.includes(id))
  expect(made).toHaveLength(1)
})
