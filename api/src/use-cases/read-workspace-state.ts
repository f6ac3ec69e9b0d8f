import { NexusError, type PanelId, panelDocumentName, type WorkspaceId } from '@nexus/core'
import type { StateValue, WorkspaceStateView } from '@nexus/core/http-contract'
import type { Db, Manifest } from '@nexus/core/sql'
import type { Replicas } from '../replicas/replicas.ts'
import { listPanelHeads } from './read-panels.ts'
import { findMoment, type PanelVersion, type WorkspaceMoment } from './workspace-moments.ts'

interface Parts {
  readonly db: Db
  readonly replicas: Replicas
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
  const found = await findMoment(parts.db, workspaceId, moment)
  const here = await panelsHere(parts.db, workspaceId)
  const panels = await readPanels(
    found.panels.filter(({ panelId }) => here.has(panelId)),
    ({ panelId, version }) => parts.replicas.readVersion(panelDocumentName(workspaceId, panelId), version),
  )
  return toView({ workspaceId, panels, at: found.at, gitCommit: found.gitCommit })
}

/** Deleted ones too: their past can be read. What is gone for good, or moved elsewhere, cannot. */
async function panelsHere(db: Db, workspaceId: WorkspaceId): Promise<ReadonlySet<PanelId>> {
  const rows = await db.selectFrom('panels').select('id').where('workspace_id', '=', workspaceId).execute()
  return new Set(rows.map(({ id }) => id))
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

const isSameManifest = (manifest: Manifest, panels: readonly ReadPanel[]): boolean =>
  Object.keys(manifest).length === panels.length &&
  panels.every(({ panelId, version }) => manifest[panelId] === version)
