import { createOpaqueId, toUserId } from '@nexus/core'
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_ISSUER, ACCESS_TOKEN_TTL_S } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { betterAuth } from 'better-auth'
import { bearer, jwt } from 'better-auth/plugins'
import { refuseClosedAccount } from './closed-accounts.ts'
import type { Passwords } from './passwords.ts'

/** A session ends after this long without use, in seconds. */
export const SESSION_TTL_S = 30 * 86_400
/** Using a session moves its end on at most this often, so that a refresh is rarely a write; in seconds. */
const SESSION_UPDATE_AGE_S = 86_400

const TIMES = { createdAt: 'created_at', updatedAt: 'updated_at' }

/** better-auth over the tables of `0003_accounts.sql`. Only its functions are used; none of its routes is served. */
export function createAuthLibrary(options: {
  readonly db: Db
  readonly secret: string
  readonly passwords: Passwords
}) {
  return betterAuth({
    database: { db: options.db, type: 'postgres' },
    secret: options.secret,
    // Nothing is served there; the library wants one.
    baseURL: 'http://nexus.invalid',
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    advanced: {
      database: { generateId: createOpaqueId },
      // What a proxy says is ours to judge.
      ipAddress: { disableIpTracking: true },
    },
    databaseHooks: {
      // However somebody signs in.
      session: { create: { before: ({ userId }) => refuseClosedAccount(options.db, toUserId(userId)) } },
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      password: {
        hash: options.passwords.hash,
        verify: ({ password, hash }) => options.passwords.isRight(password, hash),
      },
    },
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_TTL_S,
      updateAge: SESSION_UPDATE_AGE_S,
      fields: {
        ...TIMES,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
    },
    user: {
      modelName: 'users',
      fields: { ...TIMES, emailVerified: 'email_verified' },
      additionalFields: {
        plan: { type: 'string', required: false, defaultValue: 'free', input: false },
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        ...TIMES,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'verifications', fields: { ...TIMES, expiresAt: 'expires_at' } },
    plugins: [
      bearer(),
      jwt({
        disableSettingJwtHeader: true,
        jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' } },
        jwt: {
          issuer: ACCESS_TOKEN_ISSUER,
          audience: ACCESS_TOKEN_AUDIENCE,
          expirationTime: `${ACCESS_TOKEN_TTL_S}s`,
        },
        schema: {
          jwks: {
            fields: {
              publicKey: 'public_key',
              privateKey: 'private_key',
              createdAt: 'created_at',
              expiresAt: 'expires_at',
            },
          },
        },
      }),
    ],
  })
}
