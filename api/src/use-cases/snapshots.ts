import {
  createSnapshotId,
  ERRORS,
  type Fanout,
  NexusError,
  parseSnapshotId,
  type Receipt,
  type SnapshotId,
  type WorkspaceId,
} from '@nexus/core'
import type { CreatedSnapshotView, SnapshotEntry } from '@nexus/core/http-contract'
import type { VerifiedCaller } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  /** How long a request waits for the worker; the snapshot is made later all the same. */
  readonly snapshotWaitMs: number
}

/** A notice may be lost, so the row is looked at this often as well, in ms. */
const POLL_MS = 250

interface NewSnapshot {
  readonly workspaceId: WorkspaceId
  readonly type: 'manual' | 'auto' | 'pre_ai_edit'
  readonly description: string
  readonly commitToGit: boolean
  readonly receipt: Receipt | null
}

interface Made {
  readonly snapshot: CreatedSnapshotView
  /** It was asked for under the same key before. */
  readonly isRepeated: boolean
}

/**
 * Asks the snapshot worker for a snapshot and waits for it. Asked again with the same receipt within a day it waits for
 * that one, unless it has failed.
 *
 * @throws {NexusError} `unavailable` when no worker has made it in time: it stays asked for. `internal` when the worker
 *   could not make it, `quota_exceeded` when the repository has no room. `idempotency_key_reused`: nothing is asked for.
 */
export async function createSnapshot(
  { db, fanout, snapshotWaitMs }: Parts,
  caller: VerifiedCaller,
  snapshot: NewSnapshot,
): Promise<Made> {
  const { workspaceId } = snapshot
  const bell = createBell()
  const unsubscribe = await fanout.onNotice(workspaceId, (notice) => {
    if (notice.type === 'snapshot_created') bell.ring()
  })
  try {
    const { id, isRepeated } = await requestSnapshot(db, caller, snapshot)
    fanout.publishNotice({ type: 'snapshot_requested', workspaceId })
    return { snapshot: await waitForSnapshot(db, { id, bell, waitMs: snapshotWaitMs }), isRepeated }
  } finally {
    unsubscribe()
  }
}

async function requestSnapshot(
  db: Db,
  caller: VerifiedCaller,
  { workspaceId, type, description, commitToGit, receipt }: NewSnapshot,
): Promise<{ readonly id: SnapshotId; readonly isRepeated: boolean }> {
  const id = createSnapshotId()
  const inserted = await db
    .insertInto('state_snapshots')
    .values({
      id,
      workspace_id: workspaceId,
      type,
      description,
      created_by: caller.userId,
      commit_to_git: commitToGit,
      manifest: null,
      panel_count: null,
      total_size_bytes: null,
      git_commit: null,
      git_branch: null,
      error: null,
      completed_at: null,
      request_id: receipt?.id ?? null,
      request_fingerprint: receipt?.fingerprint ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined) return { id, isRepeated: false }
  const before = await requestOf(db, workspaceId, receipt)
  // What it was in the way of has failed, or was forgotten, meanwhile.
  if (before === undefined)
    return requestSnapshot(db, caller, { workspaceId, type, description, commitToGit, receipt })
  if (before.fingerprint !== receipt?.fingerprint) {
    throw new NexusError('idempotency_key_reused', ERRORS.idempotency_key_reused.title)
  }
  return { id: before.id, isRepeated: true }
}

async function waitForSnapshot(
  db: Db,
  { id, bell, waitMs }: { readonly id: SnapshotId; readonly bell: Bell; readonly waitMs: number },
): Promise<CreatedSnapshotView> {
  const giveUpAt = performance.now() + waitMs
  for (;;) {
    const row = await snapshotRows(db).where('id', '=', id).executeTakeFirst()
    if (row?.state === 'created') return toCreated(row)
    if (row?.state === 'failed')
      throw new NexusError(
        row.error_code === 'quota_exceeded' ? 'quota_exceeded' : 'internal',
        row.error ?? 'The snapshot could not be made.',
      )
    if (row === undefined) throw new NexusError('not_found', 'The workspace has just been deleted.')
    if (performance.now() >= giveUpAt) {
      throw new NexusError(
        'unavailable',
        'No snapshot worker has answered; the snapshot will be made later.',
        {
          details: { snapshotId: id },
        },
      )
    }
    await bell.heard(POLL_MS)
  }
}

const requestOf = (db: Db, workspaceId: WorkspaceId, receipt: Receipt | null) =>
  db
    .selectFrom('state_snapshots')
    .select(['id', 'request_fingerprint as fingerprint'])
    .where('workspace_id', '=', workspaceId)
    .where('request_id', '=', receipt?.id ?? null)
    .where('state', '<>', 'failed')
    .executeTakeFirst()

/** From then on a key that was used before `time` is as if it had never been. */
export async function forgetSnapshotRequests(db: Db, time: Date): Promise<void> {
  await db
    .updateTable('state_snapshots')
    .set({ request_id: null, request_fingerprint: null })
    .where('request_id', 'is not', null)
    .where('created_at', '<', time)
    .execute()
}

/** Newest first. Those that are only asked for are not there yet. */
export async function listSnapshots(db: Db, workspaceId: WorkspaceId): Promise<SnapshotEntry[]> {
  const rows = await snapshotRows(db)
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'created')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_LISTED)
    .execute()
  return rows.map((row) => ({
    ...toCreated(row),
    type: row.type,
    description: row.description,
    createdBy: row.created_by,
  }))
}

const MAX_LISTED = 1_000

const snapshotRows = (db: Db) =>
  db
    .selectFrom('state_snapshots')
    .select([
      'id',
      'type',
      'description',
      'created_by',
      'state',
      'panel_count',
      'total_size_bytes',
      'git_commit',
      'error',
      'error_code',
      'created_at',
    ])

type SnapshotRow = Awaited<ReturnType<ReturnType<typeof snapshotRows>['executeTakeFirstOrThrow']>>

const toCreated = (row: SnapshotRow): CreatedSnapshotView => ({
  snapshotId: row.id,
  panelCount: row.panel_count ?? 0,
  totalSizeBytes: row.total_size_bytes ?? 0,
  gitCommitHash: row.git_commit,
  createdAt: row.created_at.toISOString(),
})

/** @throws {NexusError} `not_found` for text that is no id of ours. */
export function toSnapshotId(text: unknown): SnapshotId {
  const id = parseSnapshotId(text)
  if (id === null) throw new NexusError('not_found', 'There is no such snapshot.')
  return id
}

interface Bell {
  ring(): void
  /** Resolves at the next ring, or after `ms`. */
  heard(ms: number): Promise<void>
}

function createBell(): Bell {
  let wake: (() => void) | null = null
  return {
    ring: () => wake?.(),
    heard: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
  }
}
