import {
  createPanelId,
  createWorkspaceId,
  MAX_WORKSPACES_OF_PLAN,
  NexusError,
  parseWorkspaceId,
  type Receipt,
  type Receipts,
  toDocumentName,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import { PANEL_LIBRARY } from '@nexus/core/nxml'
import { createSqlUpdateLog, type Db, type Trx } from '@nexus/core/sql'
import { type Created, createOnce } from './create-once.ts'
import { newPanelDocument, newWorkspaceDocument } from './new-documents.ts'

/** What a person who signs up finds. */
export const FIRST_WORKSPACE_NAME = 'My First Workspace'
/** Panels of the template `starter`, by their id in the library. */
const STARTER_PANELS = ['notes', 'todo']

interface NewWorkspace {
  readonly userId: UserId
  readonly name: string
  readonly description: string
  readonly template: 'empty' | 'starter'
}

/**
 * @throws {NexusError} `quota_exceeded` when the plan of the owner allows no more, `idempotency_key_reused`. Nothing has been
 *   created then.
 */
export function createWorkspace(
  { db, receipts }: { readonly db: Db; readonly receipts: Receipts },
  workspace: NewWorkspace & { readonly receipt: Receipt | null },
): Promise<Created<WorkspaceId>> {
  return createOnce(receipts, {
    receipt: workspace.receipt,
    place: 'a workspace',
    toId: (uuid) => parseWorkspaceId(uuid) ?? createWorkspaceId(),
    documentOf: (workspaceId) => toDocumentName({ workspaceId, panelId: null }),
    create: (workspaceId, keepReceipt) =>
      db.transaction().execute(async (trx) => {
        await requireQuota(trx, workspace.userId)
        await insertWorkspace(trx, workspaceId, workspace)
        await keepReceipt(trx)
      }),
  })
}

/** The workspace, its owner as its member, the panels of its template, and their documents. Belongs to `trx`. */
export async function insertWorkspace(
  trx: Trx,
  workspaceId: WorkspaceId,
  workspace: NewWorkspace,
): Promise<void> {
  const { userId, name, description } = workspace
  await trx
    .insertInto('workspaces')
    .values({ id: workspaceId, name, description, owner_id: userId, deleted_at: null })
    .execute()
  await trx
    .insertInto('workspace_members')
    .values({ workspace_id: workspaceId, user_id: userId, role: 'owner' })
    .execute()
  const panels = workspace.template === 'starter' ? starterPanels(workspaceId, userId) : []
  if (panels.length > 0) {
    await trx
      .insertInto('panels')
      .values(panels.map(({ row }) => row))
      .execute()
  }
  await createSqlUpdateLog(trx).create([
    newWorkspaceDocument({ workspaceId, userId }),
    ...panels.map(({ document }) => document),
  ])
}

function starterPanels(workspaceId: WorkspaceId, userId: UserId) {
  return STARTER_PANELS.map((id, at) => {
    const entry = PANEL_LIBRARY.find((panel) => panel.id === id)
    if (entry === undefined) throw new Error(`The panel library has no "${id}".`)
    const panelId = createPanelId()
    return {
      row: {
        id: panelId,
        workspace_id: workspaceId,
        name: entry.title,
        panel_type: entry.id,
        position: at + 1,
        created_by: userId,
        deleted_at: null,
      },
      document: newPanelDocument({ workspaceId, panelId, userId, source: entry.source, initialState: null }),
    }
  })
}

/** The row of the owner is held until the transaction ends, so that two requests at once cannot both be the last. */
export async function requireQuota(trx: Trx, userId: UserId): Promise<void> {
  const owner = await trx
    .selectFrom('users')
    .select('plan')
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (owner === undefined) throw new NexusError('unauthorized', 'The account is gone.')
  const { count } = await trx
    .selectFrom('workspaces')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner_id', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  const limit = MAX_WORKSPACES_OF_PLAN[owner.plan]
  if (Number(count) < limit) return
  throw new NexusError('quota_exceeded', `The plan "${owner.plan}" allows ${limit} workspaces.`, {
    details: { limit, plan: owner.plan },
  })
}
