import { createOpaqueId, createWorkspaceId, toUserId, type UserId, type WorkspaceId } from '@nexus/core'
import { nameField } from '@nexus/core/http-contract'
import type { Db, Trx } from '@nexus/core/sql'
import type { Vouched } from '../sso/provider.ts'
import { SsoRefused } from '../sso/sso-refused.ts'
import { FIRST_WORKSPACE_NAME, insertWorkspace } from './create-workspace.ts'

interface Rules {
  /** `null`: any. */
  readonly domains: readonly string[] | null
  readonly allowsSignUp: boolean
  /** Before an account is made. @throws {NexusError} `rate_limited` */
  countSignUp(): void
}

export interface Joined {
  readonly userId: UserId
  /** Of somebody who has come for the first time; else `null`. */
  readonly firstWorkspaceId: WorkspaceId | null
}

/**
 * Finds whose account it is, joins it with the provider, or makes one with a first workspace.
 *
 * An address alone opens an account only when both sides have made sure of it: else somebody could sign up here with the
 * address of another and wait for them, or sign up there and take over the account here.
 *
 * @throws {SsoRefused} Nothing has changed then.
 */
export async function joinBySso(db: Db, vouched: Vouched, rules: Rules): Promise<Joined> {
  refuseDomain(vouched, rules)
  const join = () =>
    db.transaction().execute(async (trx) => {
      const found = (await findJoined(trx, vouched)) ?? (await joinByAddress(trx, vouched))
      if (found !== null) return { userId: found, firstWorkspaceId: null }
      if (!rules.allowsSignUp) throw new SsoRefused('no_account')
      return signUp(trx, vouched, rules)
    })
  // Whoever comes twice at once is found by the second when the first is done.
  return join().catch((error: unknown) => (error instanceof Overtaken ? join() : Promise.reject(error)))
}

/** Somebody has made the same in this moment; nothing has been done. */
class Overtaken extends Error {}

function refuseDomain({ email }: Vouched, { domains }: Rules): void {
  if (domains === null) return
  if (email === null) throw new SsoRefused('no_email')
  if (!domains.includes(email.slice(email.lastIndexOf('@') + 1))) throw new SsoRefused('domain')
}

async function findJoined(trx: Trx, vouched: Vouched): Promise<UserId | null> {
  const row = await trx
    .selectFrom('sso_identities as i')
    .innerJoin('users as u', 'u.id', 'i.user_id')
    .select(['u.id', 'u.deleted_at'])
    .where('i.issuer', '=', vouched.issuer)
    .where('i.subject', '=', vouched.subject)
    .executeTakeFirst()
  if (row === undefined) return null
  if (row.deleted_at !== null) throw new SsoRefused('closed', { closedId: row.id })
  return row.id
}

async function joinByAddress(trx: Trx, vouched: Vouched): Promise<UserId | null> {
  if (vouched.email === null) throw new SsoRefused('no_email')
  const row = await trx
    .selectFrom('users')
    .select(['id', 'deleted_at', 'email_verified'])
    .where('email', '=', vouched.email)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return null
  if (!row.email_verified) throw new SsoRefused('confirm_first')
  await refuseOtherPerson(trx, row.id, vouched)
  if (row.deleted_at !== null) throw new SsoRefused('closed', { closedId: row.id })
  await join(trx, row.id, vouched)
  return row.id
}

/** The address has gone to somebody else at the provider, and the account has not. */
async function refuseOtherPerson(trx: Trx, userId: UserId, { issuer }: Vouched): Promise<void> {
  const other = await trx
    .selectFrom('sso_identities')
    .select('subject')
    .where('user_id', '=', userId)
    .where('issuer', '=', issuer)
    .executeTakeFirst()
  if (other !== undefined) throw new SsoRefused('taken')
}

async function signUp(trx: Trx, vouched: Vouched, rules: Rules): Promise<Joined> {
  const { email, name } = vouched
  if (email === null) throw new SsoRefused('no_email')
  rules.countSignUp()
  const [userId, workspaceId] = [toUserId(createOpaqueId()), createWorkspaceId()]
  const made = await trx
    .insertInto('users')
    .values({
      id: userId,
      name: nameField.safeParse(name).data ?? email.slice(0, email.indexOf('@')),
      email,
      email_verified: true,
      image: null,
    })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .execute()
  if (made.length === 0) throw new Overtaken()
  await join(trx, userId, vouched)
  const first = { name: FIRST_WORKSPACE_NAME, description: '', template: 'starter' } as const
  await insertWorkspace(trx, workspaceId, { ...first, userId })
  return { userId, firstWorkspaceId: workspaceId }
}

async function join(trx: Trx, userId: UserId, { issuer, subject }: Vouched): Promise<void> {
  const made = await trx
    .insertInto('sso_identities')
    .values({ issuer, subject, user_id: userId })
    .onConflict((on) => on.doNothing())
    .returning('subject')
    .execute()
  if (made.length === 0) throw new Overtaken()
}
