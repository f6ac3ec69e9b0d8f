import { hash, randomBytes } from 'node:crypto'
import {
  createOpaqueId,
  type Fanout,
  NexusError,
  parseOpaqueId,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import type { InvitationView, ShownInvitationView } from '@nexus/core/http-contract'
import type { Db, Trx } from '@nexus/core/sql'
import { type Actor, recordAudit } from './audit.ts'
import { holdWorkspace, touch } from './members.ts'

const VALID_FOR_MS = 14 * 86_400_000
/** Of one workspace at once: each may be a mail to somebody. */
const MAX_OPEN = 100

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
}

export interface Invited {
  readonly email: string
  readonly role: 'editor' | 'viewer'
}

const hashToken = (token: string): string => hash('sha256', token, 'base64url')

const COLUMNS = ['id', 'email', 'role', 'invited_by', 'created_at', 'expires_at'] as const

interface Row {
  readonly id: string
  readonly email: string
  readonly role: 'editor' | 'viewer'
  readonly invited_by: UserId
  readonly created_at: Date
  readonly expires_at: Date
}

const toView = (row: Row): InvitationView => ({
  id: row.id,
  email: row.email,
  role: row.role,
  invitedBy: row.invited_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
})

/** Those that can still be accepted, the newest first. */
export async function listInvitations(db: Db, workspaceId: WorkspaceId): Promise<InvitationView[]> {
  const rows = await db
    .selectFrom('invitations')
    .select(COLUMNS)
    .where('workspace_id', '=', workspaceId)
    .where('expires_at', '>', new Date())
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toView)
}

/**
 * Invites an e-mail address, with an account or without. Who was invited before is invited anew: the older token is void.
 *
 * @throws {NexusError} `already_member`, `quota_exceeded`.
 */
export async function inviteByEmail(
  { db }: Pick<Parts, 'db'>,
  actor: Actor,
  { workspaceId, email, role }: Invited & { readonly workspaceId: WorkspaceId },
): Promise<InvitationView & { readonly token: string }> {
  const token = randomBytes(32).toString('base64url')
  const row = await db.transaction().execute(async (trx) => {
    await holdWorkspace(trx, workspaceId)
    await refuseMember(trx, workspaceId, email)
    await trx
      .deleteFrom('invitations')
      .where('workspace_id', '=', workspaceId)
      .where((eb) => eb.or([eb('email', '=', email), eb('expires_at', '<=', new Date())]))
      .execute()
    await refuseTooMany(trx, workspaceId)
    const made = await trx
      .insertInto('invitations')
      .values({
        id: createOpaqueId(),
        workspace_id: workspaceId,
        email,
        role,
        token_hash: hashToken(token),
        invited_by: actor.userId,
        expires_at: new Date(Date.now() + VALID_FOR_MS),
      })
      .returning(COLUMNS)
      .executeTakeFirstOrThrow()
    await recordAudit(trx, workspaceId, { actor, action: 'invitation_made', details: { email, role } })
    return made
  })
  return { ...toView(row), token }
}

async function refuseMember(trx: Trx, workspaceId: WorkspaceId, email: string): Promise<void> {
  const member = await trx
    .selectFrom('workspace_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('u.id')
    .where('m.workspace_id', '=', workspaceId)
    .where('u.email', '=', email)
    .executeTakeFirst()
  if (member !== undefined)
    throw new NexusError('already_member', 'This person is a member already; change their role instead.')
}

async function refuseTooMany(trx: Trx, workspaceId: WorkspaceId): Promise<void> {
  const { count } = await trx
    .selectFrom('invitations')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  if (Number(count) < MAX_OPEN) return
  throw new NexusError('quota_exceeded', `${MAX_OPEN} invitations are open; withdraw one first.`, {
    details: { limit: MAX_OPEN },
  })
}

/** Afterwards its token is void. @throws {NexusError} `not_found`. */
export async function withdrawInvitation(
  { db }: Pick<Parts, 'db'>,
  actor: Actor,
  { workspaceId, id }: { readonly workspaceId: WorkspaceId; readonly id: string },
): Promise<void> {
  const known = parseOpaqueId(id)
  await db.transaction().execute(async (trx) => {
    const gone =
      known === null
        ? undefined
        : await trx
            .deleteFrom('invitations')
            .where('id', '=', known)
            .where('workspace_id', '=', workspaceId)
            .returning(['email', 'role'])
            .executeTakeFirst()
    if (gone === undefined) throw noInvitation()
    await recordAudit(trx, workspaceId, { actor, action: 'invitation_withdrawn', details: { ...gone } })
  })
}

/** What somebody who has the token is invited to. @throws {NexusError} `not_found` when it is void or over. */
export async function showInvitation(db: Db, token: string): Promise<ShownInvitationView> {
  const row = await db
    .selectFrom('invitations as i')
    .innerJoin('workspaces as w', 'w.id', 'i.workspace_id')
    .innerJoin('users as u', 'u.id', 'i.invited_by')
    .select(['i.email', 'i.role', 'i.expires_at', 'w.name as workspaceName', 'u.name as invitedBy'])
    .where('i.token_hash', '=', hashToken(token))
    .where('i.expires_at', '>', new Date())
    .where('w.deleted_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw noInvitation()
  const { expires_at: expiresAt, ...rest } = row
  return { ...rest, expiresAt: expiresAt.toISOString() }
}

/**
 * Makes the caller a member; the invitation is gone then.
 *
 * @throws {NexusError} `not_found` when it is void or over, `forbidden` when it is for another e-mail address.
 */
export async function acceptInvitation(
  { db, fanout }: Parts,
  actor: Actor,
  token: string,
): Promise<WorkspaceId> {
  const { userId } = actor
  const workspaceId = await db.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom('invitations as i')
      .innerJoin('workspaces as w', 'w.id', 'i.workspace_id')
      .select(['i.id', 'i.workspace_id', 'i.email', 'i.role'])
      .where('i.token_hash', '=', hashToken(token))
      .where('i.expires_at', '>', new Date())
      .where('w.deleted_at', 'is', null)
      .executeTakeFirst()
    const user = await trx.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst()
    if (found === undefined || user === undefined) throw noInvitation()
    if (found.email !== user.email)
      throw new NexusError(
        'forbidden',
        'This invitation is for another e-mail address; sign in with that one.',
      )
    await holdWorkspace(trx, found.workspace_id)
    // Two at once: the second finds it gone.
    const taken = await trx.deleteFrom('invitations').where('id', '=', found.id).returning('id').execute()
    if (taken.length === 0) throw noInvitation()
    await trx
      .insertInto('workspace_members')
      .values({ workspace_id: found.workspace_id, user_id: userId, role: found.role })
      .onConflict((on) => on.doNothing())
      .execute()
    await touch(trx, found.workspace_id)
    const details = { email: found.email, role: found.role }
    await recordAudit(trx, found.workspace_id, { actor, action: 'invitation_accepted', details })
    return found.workspace_id
  })
  fanout.publishNotice({ type: 'member_changed', workspaceId, userId })
  fanout.publishNotice({ type: 'workspace_changed', workspaceId })
  return workspaceId
}

export const forgetInvitations = async (db: Db, now: Date): Promise<void> =>
  void (await db.deleteFrom('invitations').where('expires_at', '<', now).execute())

const noInvitation = (): NexusError =>
  new NexusError('not_found', 'There is no such invitation; it may be over, withdrawn or accepted.')
