import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { withTestDatabase } from '../testkit/index.ts'
import { createAccessTokenVerifier } from './access-token-verifier.ts'

const database = withTestDatabase()

/** A new key in the table, and a signer with it. */
async function someKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  await database.db
    .insertInto('jwks')
    .values({
      id: kid,
      public_key: JSON.stringify(await exportJWK(publicKey)),
      private_key: 'never read here',
      created_at: new Date(),
      expires_at: null,
      alg: 'EdDSA',
      crv: 'Ed25519',
    })
    .execute()
  return ({ claims = {}, exp = '15m', iss = 'nexus', aud = 'nexus', as = kid } = {}) =>
    new SignJWT({ sub: 'u1', ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: as })
      .setExpirationTime(exp)
      .setIssuer(iss)
      .setAudience(aud)
      .sign(privateKey)
}

describe('createAccessTokenVerifier', () => {
  test('[TOK1] a token of ours says who calls', async () => {
    const sign = await someKey('tok1')
    const verifier = createAccessTokenVerifier(database)
    const token = await sign({ claims: { name: 'Ann', sid: 's1' } })
    await expect(verifier.verify(token)).resolves.toEqual({
      userId: 'u1',
      name: 'Ann',
      sessionId: 's1',
      key: null,
      expiresAt: expect.any(Date),
    })
  })

  test('[TOK2] wrong issuer, audience, time, key or signature are all refused', async () => {
    const sign = await someKey('tok2')
    const signOther = await someKey('tok2-other')
    const verifier = createAccessTokenVerifier(database)
    const good = await sign()
    const tokens = [
      await sign({ iss: 'other' }),
      await sign({ aud: 'other' }),
      await sign({ exp: '-1s' }),
      await sign({ as: 'unknown' }),
      await signOther({ as: 'tok2' }),
      await sign({ claims: { sub: '' } }),
      `${good.slice(0, -4)}AAAA`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`,
      `${'x'.repeat(5_000)}.y.z`,
      '',
    ]
    for (const token of tokens) {
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'unauthorized' })
    }
  })

  test('[TOK3] a key made after the last look at the table is found', async () => {
    const verifier = createAccessTokenVerifier(database)
    await verifier.verify(await (await someKey('tok3-a'))())
    await expect(verifier.verify(await (await someKey('tok3-b'))())).resolves.toMatchObject({ userId: 'u1' })
  })

  test('[TOK4] a key taken out of the table stops working within ten minutes', async () => {
    let now = new Date()
    const verifier = createAccessTokenVerifier({ db: database.db, clock: { now: () => now } })
    const sign = await someKey('tok4')
    await verifier.verify(await sign({ exp: '1h' }))
    await database.db.deleteFrom('jwks').where('id', '=', 'tok4').execute()
    now = new Date(now.getTime() + 600_001)
    await expect(verifier.verify(await sign({ exp: '1h' }))).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('[TOK5] made-up key ids do not make a query each', async () => {
    const sign = await someKey('tok5')
    let queries = 0
    const db = database.db.withPlugin({
      transformQuery: ({ node }) => {
        queries += 1
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const verifier = createAccessTokenVerifier({ db })
    for (let n = 0; n < 50; n += 1) {
      await verifier.verify(await sign({ as: `made-up-${n}` })).catch(() => undefined)
    }
    expect(queries).toBeLessThanOrEqual(10)
  })
})
