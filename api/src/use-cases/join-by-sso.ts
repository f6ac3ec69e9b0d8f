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
  const joined = await db.transaction().execute(async (trx) => {
    // Somebody who comes twice at once is let in twice, and joined once.
    const found = (await findJoined(trx, vouched)) ?? (await joinByAddress(trx, vouched))
    if (found !== null) return { userId: found, firstWorkspaceId: null }
    if (!rules.allowsSignUp) throw new SsoRefused('no_account')
    return signUp(trx, vouched)
  })
  return joined
}

function refuseDomain({ email }: Vouched, { domains }: Rules): void {
  if (domains === null) return
  if (email === null) throw new SsoRefused('no_email')
  if (!domains.includes(email.slice(email.lastIndexOf('@') + 1))) throw new SsoRefused('domain')
}

const providerOf = ({ issuer }: Vouched): string => `oidc ${issuer}`

async function findJoined(trx: Trx, vouched: Vouched): Promise<UserId | null> {
  const row = await trx
    .selectFrom('accounts as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select(['u.id', 'u.deleted_at'])
    .where('a.provider_id', '=', providerOf(vouched))
    .where('a.account_id', '=', vouched.subject)
    .executeTakeFirst()
  if (row === undefined) return null
  if (row.deleted_at !== null) throw new SsoRefused('closed')
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
  if (row.deleted_at !== null) throw new SsoRefused('closed')
  if (!row.email_verified) throw new SsoRefused('confirm_first')
  await join(trx, row.id, vouched)
  return row.id
}

async function signUp(trx: Trx, vouched: Vouched): Promise<Joined> {
  const { email, name } = vouched
  if (email === null) throw new SsoRefused('no_email')
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
  // Somebody has taken the address in this moment.
  if (made.length === 0) throw new SsoRefused('expired')
  await join(trx, userId, vouched)
  const first = { name: FIRST_WORKSPACE_NAME, description: '', template: 'starter' } as const
  await insertWorkspace(trx, workspaceId, { ...first, userId })
  return { userId, firstWorkspaceId: workspaceId }
}

const join = async (trx: Trx, userId: UserId, vouched: Vouched): Promise<void> =>
  void (await trx
    .insertInto('accounts')
    .values({
      id: createOpaqueId(),
      account_id: vouched.subject,
      provider_id: providerOf(vouched),
      user_id: userId,
      updated_at: new Date(),
    })
    .onConflict((on) => on.doNothing())
    .execute())
