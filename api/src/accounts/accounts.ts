import { type Clock, NexusError, type Plan, toUserId, type UserId } from '@nexus/core'
import { ACCESS_TOKEN_TTL_S } from '@nexus/core/server'
import type { Db, Trx } from '@nexus/core/sql'
import { isAPIError } from 'better-auth/api'
import { symmetricEncrypt } from 'better-auth/crypto'
import { createAuthLibrary } from './auth-library.ts'
import { refuseClosedAccount } from './closed-accounts.ts'
import { findByPassword, hasPassword } from './credentials.ts'
import { createCurrentDatabase } from './current-database.ts'
import type { Passwords } from './passwords.ts'
import { noteSessionUse, noteVisitor, shortened, type Visitor } from './sessions.ts'
import { rotateSigningKeys } from './signing-keys.ts'

export interface User {
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly plan: Plan
  readonly emailVerified: boolean
  /** `false`: they sign in by the provider alone. */
  readonly hasPassword: boolean
}

/** Somebody who has just shown a password or a session. */
export interface SignedIn {
  readonly user: User
  /** Opaque; whoever has it can make access tokens for 30 days after its last use. */
  readonly sessionToken: string
  /** JWT. */
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
}

export interface Accounts {
  /** Makes sure that there is a key to sign with, and clears away sessions that are over. */
  start(): Promise<void>
  /** Makes a new key when the one that signs is old; tokens of older keys stay valid. */
  rotateKeys(): Promise<void>
  /**
   * Creates the user, a session, and what `furnish` adds, in one transaction.
   *
   * @throws {NexusError} `email_taken`; nothing has been created.
   */
  signUp(
    person: { readonly email: string; readonly password: string; readonly name: string },
    visitor: Visitor,
    furnish: (trx: Trx, user: User) => Promise<void>,
  ): Promise<SignedIn>
  /**
   * @throws {NexusError} `invalid_credentials`, the same for an unknown e-mail and a wrong password; `account_deleted` only
   *   to whoever knows the password.
   */
  signIn(
    credentials: { readonly email: string; readonly password: string },
    visitor: Visitor,
  ): Promise<SignedIn>
  /** For somebody who has shown already who they are. @throws {NexusError} `account_deleted` */
  beginSession(userId: UserId, visitor: Visitor): Promise<SignedIn>
  /** A new access token; the session's end moves on. @throws {NexusError} `unauthorized` when the session is over. */
  refresh(sessionToken: string): Promise<SignedIn>
  /**
   * Afterwards the session makes no more tokens, on any node. Ending it twice is fine.
   * @returns The session's id (`sid`), or `null` when it was over already.
   */
  endSession(sessionToken: string): Promise<string | null>
  /** The token of a session, for somebody who only shows an access token made from it; `null` when it is over. */
  sessionTokenOf(session: { readonly id: string; readonly userId: UserId }): Promise<string | null>
  /** `null` when the account is gone or closed. */
  findUser(userId: UserId): Promise<User | null>
  /** The JSON Web Key Set that checks access tokens. */
  publicKeys(): Promise<unknown>
}

/** Our accounts: this and its neighbours are the only files that know which library keeps them. */
export async function createAccounts(options: {
  readonly db: Db
  readonly secret: string
  readonly passwords: Passwords
  readonly clock: Clock
  readonly signingKeyDays: number
}): Promise<Accounts> {
  const { db, clock } = options
  const current = createCurrentDatabase(db)
  const library = createAuthLibrary({ ...options, db: current.db })
  const { secretConfig, internalAdapter } = await library.$context

  const toSignedIn = async (user: User, session: { id: string; token: string }): Promise<SignedIn> => {
    const { token } = await library.api.signJWT({
      body: {
        payload: { iat: Math.floor(Date.now() / 1_000), sub: user.id, sid: session.id, name: user.name },
      },
    })
    return { user, sessionToken: session.token, accessToken: token, expiresIn: ACCESS_TOKEN_TTL_S }
  }
  const translate = <T>(work: () => Promise<T>): Promise<T> => translateErrors(db, work)

  const beginSession = (userId: UserId, visitor: Visitor): Promise<SignedIn> =>
    translate(async () => {
      const session = await internalAdapter.createSession(userId, false, shortened(visitor))
      // After the session is there: who closes an account ends the sessions that are there.
      const user = await userById(db, userId)
      if (!user) {
        await refuseClosedAccount(db, userId)
        throw new NexusError('invalid_credentials', 'The account is gone.')
      }
      return toSignedIn(user, session)
    })

  const rotateKeys = (): Promise<void> =>
    rotateSigningKeys(db, {
      now: clock.now(),
      keyDays: options.signingKeyDays,
      encrypt: async (data) => JSON.stringify(await symmetricEncrypt({ key: secretConfig, data })),
    })

  return {
    rotateKeys,

    start: () =>
      translate(async () => {
        await library.api.getJwks()
        await rotateKeys()
        await db.deleteFrom('sessions').where('expires_at', '<', new Date()).execute()
      }),

    signUp: async (person, visitor, furnish) => {
      const made = await translate(() =>
        db.transaction().execute((trx) =>
          current.within(trx, async () => {
            const { user: created, token } = await library.api.signUpEmail({ body: person })
            const session = await sessionByToken(trx, token)
            const user = await userById(trx, toUserId(created.id))
            if (!session || !user) throw new Error('The sign-up left no user or no session.')
            await noteVisitor(trx, session.id, visitor)
            await furnish(trx, user)
            return { user, session }
          }),
        ),
      ).catch((error: unknown) => refuseTakenEmail(db, person.email, error))
      return translate(() => toSignedIn(made.user, made.session))
    },

    signIn: async (credentials, visitor) => {
      const userId = await findByPassword(options, credentials)
      if (userId === null) throw new NexusError('invalid_credentials', 'E-mail or password is wrong.')
      return beginSession(userId, visitor)
    },

    beginSession,

    refresh: (sessionToken) =>
      translate(async () => {
        const found = isSessionToken(sessionToken)
          ? await library.api.getSession({ headers: bearerHeaders(sessionToken) })
          : null
        const user = found === null ? null : await userById(db, toUserId(found.user.id))
        if (!found || !user) throw new NexusError('unauthorized', 'The session is over; sign in again.')
        await noteSessionUse(db, found.session.id, clock.now())
        return toSignedIn(user, found.session)
      }),

    endSession: (sessionToken) =>
      translate(async () => {
        const session = isSessionToken(sessionToken) ? await sessionByToken(db, sessionToken) : undefined
        if (session) await library.api.signOut({ headers: bearerHeaders(sessionToken) })
        return session?.id ?? null
      }),

    sessionTokenOf: (session) =>
      translate(async () => {
        const row = await db
          .selectFrom('sessions')
          .select('token')
          .where('id', '=', session.id)
          .where('user_id', '=', session.userId)
          .executeTakeFirst()
        return row?.token ?? null
      }),

    findUser: (userId) => translate(async () => (await userById(db, userId)) ?? null),
    publicKeys: () => translate(() => library.api.getJwks()),
  }
}

/** What the library makes; anything else is not worth a question to the database. */
const isSessionToken = (token: string): boolean => /^[A-Za-z0-9]{16,64}$/.test(token)

const bearerHeaders = (token: string): Headers => new Headers({ authorization: `Bearer ${token}` })

const userById = (db: Db | Trx, userId: UserId): Promise<User | undefined> =>
  db
    .selectFrom('users')
    .select(['id', 'email', 'name', 'plan', 'email_verified as emailVerified'])
    .select(hasPassword)
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()

const sessionByToken = (db: Db | Trx, token: string | null) =>
  db
    .selectFrom('sessions')
    .select(['id', 'token'])
    .where('token', '=', token ?? '')
    .executeTakeFirst()

/** The library hides what the database said; when the database does not answer now, that is what happened. */
async function translateErrors<T>(db: Db, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isAPIError(error)) throw error
    await db.selectFrom('users').select('id').limit(1).execute()
    throw error
  }
}

async function refuseTakenEmail(db: Db, email: string, error: unknown): Promise<never> {
  const taken = isAPIError(error)
    ? await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
    : undefined
  if (taken)
    throw new NexusError('email_taken', 'An account with this e-mail exists already.', { cause: error })
  throw error
}
