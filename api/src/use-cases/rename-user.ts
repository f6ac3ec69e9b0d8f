import type { Clock, Fanout, UserId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  readonly clock: Clock
}

/** Afterwards the name is the new one, also in the next access token; pages of the same workspaces are told. */
export async function renameUser(
  { db, fanout, clock }: Parts,
  { userId, name }: { readonly userId: UserId; readonly name: string },
): Promise<void> {
  await db.updateTable('users').set({ name, updated_at: clock.now() }).where('id', '=', userId).execute()
  const memberships = await db
    .selectFrom('workspace_members')
    .select('workspace_id')
    .where('user_id', '=', userId)
    .execute()
  for (const { workspace_id: workspaceId } of memberships) {
    fanout.publishNotice({ type: 'member_changed', workspaceId, userId })
  }
}
