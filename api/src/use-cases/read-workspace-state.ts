import {
  NexusError,
  type PanelId,
  panelDocumentName,
  parsePanelId,
  type SnapshotId,
  toVersion,
  type Version,
  type WorkspaceId,
} from '@nexus/core'
import type { StateValue, WorkspaceStateView } from '@nexus/core/http-contract'
import type { Db, Manifest } from '@nexus/core/sql'
import type { Replicas } from '../replicas/replicas.ts'
import { listPanelHeads } from './read-panels.ts'

interface Parts {
  readonly db: Db
  readonly replicas: Replicas
}

/** Which moment of a workspace is asked for. */
export type WorkspaceMoment =
  | { readonly kind: 'newest' }
  | { readonly kind: 'snapshot'; readonly snapshotId: SnapshotId }
  | { readonly kind: 'commit'; readonly hash: string }

interface PanelVersion {
  readonly panelId: PanelId
  readonly version: Version
}

/** Documents read at the same time; the rest waits, so that one request does not hold every connection. */
const CONCURRENT_READS = 8
/** JSON of one answer, characters; the process must be able to hold it several times. */
const MAX_CHARS = 100_000_000

/**
 * All panels of a workspace as one value.
 *
 * @throws {NexusError} `not_found` for an unknown snapshot or commit, `payload_too_large` for a workspace that has to be
 *   read panel by panel.
 */
export async function readWorkspaceState(
  parts: Parts,
  workspaceId: WorkspaceId,
  moment: WorkspaceMoment,
): Promise<WorkspaceStateView> {
  if (moment.kind === 'newest') return readNewest(parts, workspaceId)
  const found =
    moment.kind === 'snapshot'
      ? await findSnapshot(parts.db, workspaceId, moment.snapshotId)
      : await findCommit(parts.db, workspaceId, moment.hash)
  if (found === null) throw new NexusError('not_found', 'There is no such snapshot in this workspace.')
  const panels = await readPanels(panelVersions(found.manifest), ({ panelId, version }) =>
    parts.replicas.readVersion(panelDocumentName(workspaceId, panelId), version),
  )
  return toView({ workspaceId, panels, at: found.at, gitCommit: found.gitCommit })
}

async function readNewest({ db, replicas }: Parts, workspaceId: WorkspaceId): Promise<WorkspaceStateView> {
  const at = new Date()
  const heads = await listPanelHeads(db, workspaceId)
  const panels = await readPanels(heads, ({ panelId, head }) =>
    replicas.readNewest(panelDocumentName(workspaceId, panelId), head),
  )
  const git = await db
    .selectFrom('workspace_git')
    .select(['head_commit', 'manifest'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  const isCommitted = git !== undefined && isSameManifest(git.manifest, panels)
  return toView({ workspaceId, panels, at, gitCommit: isCommitted ? git.head_commit : null })
}

interface ReadPanel extends PanelVersion {
  readonly json: string
}

async function readPanels<Wanted extends { readonly panelId: PanelId }>(
  wanted: readonly Wanted[],
  read: (panel: Wanted) => ReturnType<Replicas['readVersion']>,
): Promise<ReadPanel[]> {
  const found: ReadPanel[] = []
  let chars = 0
  for (let at = 0; at < wanted.length; at += CONCURRENT_READS) {
    const part = wanted.slice(at, at + CONCURRENT_READS).map(async (panel) => {
      const { state } = await read(panel)
      return { panelId: panel.panelId, version: state.version, json: state.json }
    })
    for (const panel of await Promise.all(part)) {
      found.push(panel)
      chars += panel.json.length
    }
    if (chars > MAX_CHARS) throw tooLarge()
  }
  return found
}

const tooLarge = (): NexusError =>
  new NexusError(
    'payload_too_large',
    'The workspace is too large for one answer; read its panels one by one.',
  )

function toView(found: {
  readonly workspaceId: WorkspaceId
  readonly panels: readonly ReadPanel[]
  readonly at: Date
  readonly gitCommit: string | null
}): WorkspaceStateView {
  const entries = found.panels.map(({ panelId, version, json }) => {
    const state: StateValue = JSON.parse(json)
    return [panelId, { ...state, version }] as const
  })
  return {
    workspaceId: found.workspaceId,
    panels: Object.fromEntries(entries),
    totalPanels: entries.length,
    snapshotAt: found.at.toISOString(),
    gitCommit: found.gitCommit,
  }
}

const panelVersions = (manifest: Manifest): PanelVersion[] =>
  Object.entries(manifest).flatMap(([id, version]) => {
    const panelId = parsePanelId(id)
    return panelId === null ? [] : [{ panelId, version: toVersion(version) }]
  })

const isSameManifest = (manifest: Manifest, panels: readonly ReadPanel[]): boolean =>
  Object.keys(manifest).length === panels.length &&
  panels.every(({ panelId, version }) => manifest[panelId] === version)

interface FoundMoment {
  readonly manifest: Manifest
  readonly at: Date
  readonly gitCommit: string | null
}

async function findSnapshot(
  db: Db,
  workspaceId: WorkspaceId,
  snapshotId: SnapshotId,
): Promise<FoundMoment | null> {
  const row = await snapshotMoments(db, workspaceId).where('id', '=', snapshotId).executeTakeFirst()
  return row?.manifest ? { manifest: row.manifest, at: row.created_at, gitCommit: row.git_commit } : null
}

/** Commits of named snapshots, and the newest one. Others are read from Git. */
async function findCommit(db: Db, workspaceId: WorkspaceId, hash: string): Promise<FoundMoment | null> {
  const row = await snapshotMoments(db, workspaceId)
    .where('git_commit', '=', hash)
    .orderBy('created_at', 'desc')
    .executeTakeFirst()
  if (row?.manifest) return { manifest: row.manifest, at: row.created_at, gitCommit: hash }
  const newest = await db
    .selectFrom('workspace_git')
    .select(['manifest', 'committed_at'])
    .where('workspace_id', '=', workspaceId)
    .where('head_commit', '=', hash)
    .executeTakeFirst()
  if (!newest?.committed_at) return null
  return { manifest: newest.manifest, at: newest.committed_at, gitCommit: hash }
}

const snapshotMoments = (db: Db, workspaceId: WorkspaceId) =>
  db
    .selectFrom('state_snapshots')
    .select(['manifest', 'created_at', 'git_commit'])
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'created')
