import { type CryptoKey, importJWK, type JWTPayload, jwtVerify } from 'jose'
import { NexusError } from '../model/errors.ts'
import { toUserId } from '../model/ids.ts'
import { type Clock, systemClock } from '../ports/clock.ts'
import type { Db } from '../sql/database.ts'
import type { VerifiedCaller } from './caller.ts'
import { createVerifiedTokens } from './verified-tokens.ts'

/** `iss` of every access token. */
export const ACCESS_TOKEN_ISSUER = 'nexus'
/** `aud` of every access token. */
export const ACCESS_TOKEN_AUDIENCE = 'nexus'
/** Life of an access token, in seconds. */
export const ACCESS_TOKEN_TTL_S = 900

const ALGORITHMS = ['EdDSA', 'ES256']
/** Longer than any token we sign; what is longer is not looked at. */
const MAX_TOKEN_CHARS = 4_096
/** A key taken out of the table is gone after this long, ms; with what is believed of checked tokens, after ten minutes. */
const KEYS_MAX_AGE_MS = 540_000
/** Tokens with made-up key ids make us read the table at most this often per window. */
const MAX_RELOADS_PER_WINDOW = 10
const RELOAD_WINDOW_MS = 10_000

export interface AccessTokenVerifier {
  /**
   * Checks signature, issuer, audience and times. Needs the database only for a key it has not seen.
   *
   * @throws {NexusError} `unauthorized` when the token is not one of ours or is over; database errors rise as they are.
   */
  verify(token: string): Promise<VerifiedCaller>
}

type Keys = ReadonlyMap<string, CryptoKey | Uint8Array>

/** Checks access tokens with the public keys in table `jwks`, cached. Makes no key, and needs no auth library. */
export function createAccessTokenVerifier(options: {
  readonly db: Db
  readonly clock?: Clock
}): AccessTokenVerifier {
  const clock = options.clock ?? systemClock
  const findKey = createKeyCache(options.db, clock)
  const verified = createVerifiedTokens<VerifiedCaller>(clock)
  return {
    verify: async (token) => {
      if (token.length > MAX_TOKEN_CHARS) throw refused('The access token is not valid.')
      const known = verified.get(token)
      if (known !== null) return known
      try {
        const { payload } = await jwtVerify(token, (header) => findKey(header.kid), {
          issuer: ACCESS_TOKEN_ISSUER,
          audience: ACCESS_TOKEN_AUDIENCE,
          algorithms: ALGORITHMS,
          requiredClaims: ['sub', 'exp'],
          currentDate: clock.now(),
        })
        const caller = toCaller(payload)
        verified.put(token, caller)
        return caller
      } catch (error) {
        throw isTokenProblem(error) ? refused(sentenceFor(error), error) : error
      }
    },
  }
}

function createKeyCache(db: Db, clock: Clock): (kid: string | undefined) => Promise<CryptoKey | Uint8Array> {
  let keys: Keys = new Map()
  let loadedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | null = null
  let recentLoads: number[] = []

  const load = async (): Promise<void> => {
    recentLoads.push(clock.now().getTime())
    keys = await readKeys(db)
    loadedAt = clock.now().getTime()
  }
  const reload = (): Promise<void> => {
    loading ??= load().finally(() => {
      loading = null
    })
    return loading
  }
  const mayReload = (now: number): boolean => {
    recentLoads = recentLoads.filter((at) => at > now - RELOAD_WINDOW_MS)
    return recentLoads.length < MAX_RELOADS_PER_WINDOW
  }

  return async (kid) => {
    if (kid === undefined) throw refused('The access token names no key.')
    const now = clock.now().getTime()
    const isStale = now - loadedAt > KEYS_MAX_AGE_MS
    if (isStale || (!keys.has(kid) && mayReload(now))) await reload()
    const key = keys.get(kid)
    if (key === undefined) throw refused('The access token was signed with an unknown key.')
    return key
  }
}

async function readKeys(db: Db): Promise<Keys> {
  const rows = await db.selectFrom('jwks').select(['id', 'public_key', 'alg']).execute()
  const entries = await Promise.all(
    rows.map(async (row) => {
      const key = await importJWK(JSON.parse(row.public_key), row.alg ?? 'EdDSA')
      return [row.id, key] as const
    }),
  )
  return new Map(entries)
}

function toCaller(payload: JWTPayload): VerifiedCaller {
  const { sub, exp, name, sid } = payload
  if (!sub || exp === undefined) throw refused('The access token names no user.')
  return {
    userId: toUserId(sub),
    name: typeof name === 'string' ? name : '',
    sessionId: typeof sid === 'string' ? sid : null,
    key: null,
    expiresAt: new Date(exp * 1_000),
  }
}

const refused = (detail: string, cause?: unknown): NexusError =>
  new NexusError('unauthorized', detail, { cause })

/** jose's errors all carry a code that begins with ERR_JWT, ERR_JWS, ERR_JOSE or ERR_JWK. */
function isTokenProblem(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return typeof error.code === 'string' && error.code.startsWith('ERR_J')
}

function sentenceFor(error: unknown): string {
  const isExpired = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED'
  return isExpired ? 'The access token has expired; refresh it.' : 'The access token is not valid.'
}
