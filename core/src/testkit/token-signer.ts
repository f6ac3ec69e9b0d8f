import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_ISSUER } from '../server/access-token-verifier.ts'
import type { Db } from '../sql/database.ts'

/** Signs access tokens as the API does; its public key is in the database. */
export interface TokenSigner {
  tokenOf(
    user: string,
    options?: { readonly expiresAt?: Date; readonly name?: string; readonly sessionId?: string },
  ): string
}

export async function createTokenSigner(db: Db): Promise<TokenSigner> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const kid = randomUUID()
  await db
    .insertInto('jwks')
    .values({
      id: kid,
      public_key: JSON.stringify(publicKey.export({ format: 'jwk' })),
      private_key: '',
      // Not the newest: an API process signs with that one.
      created_at: new Date(0),
      alg: 'EdDSA',
    })
    .execute()
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    tokenOf: (user, { expiresAt = new Date(Date.now() + 900_000), name = user, sessionId } = {}) => {
      const claims = {
        sub: user,
        name,
        iss: ACCESS_TOKEN_ISSUER,
        aud: ACCESS_TOKEN_AUDIENCE,
        exp: Math.floor(expiresAt.getTime() / 1_000),
        ...(sessionId === undefined ? {} : { sid: sessionId }),
      }
      const signed = `${encode({ alg: 'EdDSA', kid })}.${encode(claims)}`
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
    },
  }
}
