import { toUserId, type UserId, type WorkspaceId } from '@nexus/core'
import type {
  PanelSummary,
  WorkspaceStatus,
  WorkspaceSummary,
  WorkspaceView,
} from '@nexus/core/http-contract'
import { type Grantee, requireScope } from '@nexus/core/server'
import type { Db, Trx } from '@nexus/core/sql'
import { noWorkspace } from './workspace-rights.ts'

const DEFAULT_BRANCH = 'main'

const memberships = (db: Db | Trx, userId: UserId) =>
  db
    .selectFrom('workspace_members as m')
    .innerJoin('workspaces as w', 'w.id', 'm.workspace_id')
    .where('m.user_id', '=', userId)
    .where('w.deleted_at', 'is', null)
    .select([
      'w.id',
      'w.name',
      'w.description',
      'w.status',
      'w.owner_id',
      'm.role',
      'w.created_at',
      'w.updated_at',
    ])
    .select(({ selectFrom }) =>
      selectFrom('panels as p')
        .whereRef('p.workspace_id', '=', 'w.id')
        .where('p.deleted_at', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('panel_count'),
    )

type Row = Awaited<ReturnType<ReturnType<typeof memberships>['executeTakeFirstOrThrow']>>

const toSummary = (row: Row): WorkspaceSummary => ({
  id: row.id,
  name: row.name,
  description: row.description,
  status: row.status,
  role: row.role,
  panelCount: Number(row.panel_count ?? 0),
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

/**
 * Workspaces the caller is a member of, and their key is for, oldest first.
 *
 * @param status - `null`: of any.
 * @throws {NexusError} `forbidden` for a key that may not read.
 */
export async function listWorkspaces(
  db: Db,
  caller: Grantee,
  status: WorkspaceStatus | null,
): Promise<WorkspaceSummary[]> {
  requireScope(caller, 'read')
  let query = memberships(db, caller.userId).orderBy('w.created_at').orderBy('w.id')
  if (status !== null) query = query.where('w.status', '=', status)
  const workspaceIds = caller.key?.workspaceIds ?? null
  if (workspaceIds !== null) query = query.where('w.id', 'in', workspaceIds)
  return (await query.execute()).map(toSummary)
}

/** One workspace with its panels. @throws {NexusError} `not_found` for people who are not members. */
export async function readWorkspace(
  db: Db | Trx,
  wanted: { readonly userId: UserId; readonly workspaceId: WorkspaceId },
): Promise<WorkspaceView> {
  const row = await memberships(db, wanted.userId).where('w.id', '=', wanted.workspaceId).executeTakeFirst()
  if (row === undefined) throw noWorkspace()
  return withPanels(db, row)
}

async function withPanels(db: Db | Trx, row: Row): Promise<WorkspaceView> {
  const panels = await listPanelSummaries(db, row.id)
  const git = await db
    .selectFrom('workspace_git')
    .select(['branch', 'head_commit', 'pushed_commit', 'pushed_at', 'push_error', 'commit_error'])
    .where('workspace_id', '=', row.id)
    .executeTakeFirst()
  return {
    ...toSummary(row),
    panelCount: panels.length,
    ownerId: toUserId(row.owner_id),
    panels,
    gitBranch: git?.branch ?? DEFAULT_BRANCH,
    lastCommitHash: git?.head_commit ?? null,
    gitError: git?.commit_error ?? null,
    gitPush: git === undefined ? null : toPush(git),
  }
}

function toPush(git: {
  readonly head_commit: string | null
  readonly pushed_commit: string | null
  readonly pushed_at: Date | null
  readonly push_error: string | null
}): WorkspaceView['gitPush'] {
  const { pushed_commit: commit, pushed_at: at, push_error: error } = git
  if (commit === null && error === null) return null
  const state = commit === git.head_commit ? 'pushed' : 'waiting'
  return { state: error === null ? state : 'failing', commit, pushedAt: at?.toISOString() ?? null, error }
}

/** The user's oldest workspace that is in use, else the oldest; `null` when there is none. */
export async function readFirstWorkspace(db: Db, userId: UserId): Promise<WorkspaceView | null> {
  const first = await memberships(db, userId)
    .orderBy(({ eb }) => eb('w.status', '=', 'active'), 'desc')
    .orderBy('w.created_at')
    .orderBy('w.id')
    .executeTakeFirst()
  return first === undefined ? null : withPanels(db, first)
}

const listPanelSummaries = (db: Db | Trx, workspaceId: WorkspaceId): Promise<PanelSummary[]> =>
  db
    .selectFrom('panels')
    .select(['id', 'name', 'panel_type as panelType', 'status', 'position'])
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute()
