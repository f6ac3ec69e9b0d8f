import {
  type Cause,
  type DocumentName,
  type Fanout,
  isNexusError,
  type JsonObject,
  NexusError,
  type PanelId,
  type Receipt,
  type Receipts,
  type TriggeredBy,
  toVersion,
  type Version,
  type WorkspaceId,
} from '@nexus/core'
import { diffJson } from '@nexus/core/document'
import type { RestoredPanel, RestoredWorkspaceView } from '@nexus/core/http-contract'
import type { VerifiedCaller } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { type PartOfBatch, PartRefused } from '../replicas/change-together.ts'
import { findKept } from '../replicas/kept-receipts.ts'
import type { Replicas } from '../replicas/replicas.ts'
import type { Turns } from '../turns.ts'
import { deleteAgain, undelete } from './deleted-panels.ts'
import { becomePast, type PastPanel, readPastPanel } from './past-panel.ts'
import { listPanelHeads } from './read-panels.ts'
import { createSnapshot } from './snapshots.ts'
import { type FoundMoment, findMoment, type PastMoment } from './workspace-moments.ts'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  readonly replicas: Replicas
  readonly receipts: Receipts
  readonly pastReads: Turns
  readonly snapshotWaitMs: number
}

interface Restore {
  readonly workspaceId: WorkspaceId
  readonly moment: PastMoment
  /** `null`: all the moment shows. */
  readonly panelIds: readonly PanelId[] | null
  readonly createSnapshot: boolean
  readonly triggeredBy: TriggeredBy
  readonly triggerSource: string | null
  readonly receipt: Receipt | null
}

interface Restored {
  readonly view: RestoredWorkspaceView
  readonly isRepeated: boolean
}

/** A panel as it is, and which version of it is wanted. */
interface Target {
  readonly panelId: PanelId
  readonly document: DocumentName
  readonly name: string
  readonly head: Version
  readonly isDeleted: boolean
  readonly wanted: Version
}

/** Documents opened at the same time. */
const CONCURRENT_READS = 8
/** Of one commit; a larger workspace is restored in parts. */
const MAX_PANELS = 500
/** Patches of one preview, characters of JSON. */
const MAX_PREVIEW_CHARS = 20_000_000

/**
 * Makes panels what they were at a snapshot or commit, source and state, by new versions in one commit; nothing is erased.
 * Deleted ones come back first; those made since are left alone.
 *
 * @throws {NexusError} `not_found` (no such snapshot, or a panel it does not show), `payload_too_large` (more than 500
 *   panels at once), `idempotency_key_reused`: nothing has changed. `unavailable`: it may or may not have been saved.
 */
export async function restoreWorkspace(
  parts: Parts,
  caller: VerifiedCaller,
  asked: Restore,
): Promise<Restored> {
  const { moment, targets, gone } = await findTargets(parts.db, asked)
  const documents = targets.map(({ document }) => document)
  const isFirst = (await findKept(parts.receipts, documents, asked.receipt)).size === 0
  const past = await parts.pastReads.take(caller.userId, () =>
    readInTurns(targets, ({ document, wanted }) => readPastPanel(parts.replicas, document, wanted)),
  )
  const snapshotId = asked.createSnapshot ? await snapshotBefore(parts, caller, asked) : null
  const sources = new Set<DocumentName>()
  const changes = targets.map((target, index) => ({
    document: target.document,
    change: {
      apply: (doc: Parameters<typeof becomePast>[0]) => {
        const { isChanged, isSourceChanged } = becomePast(doc, past[index] as PastPanel)
        if (isSourceChanged) sources.add(target.document)
        return isChanged
      },
      cause: causeOf(caller, asked, moment),
      base: null,
      expected: null,
      receipt: asked.receipt,
      head: target.head,
    },
  }))
  const changed = await changeAll(parts, { asked, changes, deleted: isFirst ? targets.filter(isGone) : [] })
  const isRepeated = changed.some((each) => each.isRepeated)
  const panels = targets.map((target, index) => {
    const { version, isChanged } = changed[index] ?? { version: target.head, isChanged: false }
    if (isRepeated)
      return {
        ...toPanel(target, { version, isChanged, isSourceChanged: false }),
        change: 'unchanged' as const,
      }
    return toPanel(target, { version, isChanged, isSourceChanged: sources.has(target.document) })
  })
  const shownAnew = isRepeated ? [] : targets.filter((each) => isGone(each) || sources.has(each.document))
  for (const { panelId } of shownAnew)
    parts.fanout.publishNotice({ type: 'panels_changed', workspaceId: asked.workspaceId, panelId })
  const view = await toView(parts.db, { asked, moment, panels, gone, isPreview: false })
  return {
    view: { ...view, ...(snapshotId === null ? {} : { snapshotId }) },
    isRepeated,
  }
}

/** What {@link restoreWorkspace} would do now; nothing is changed. */
export async function previewRestore(
  parts: Parts,
  caller: VerifiedCaller,
  asked: Restore,
): Promise<Restored> {
  const { moment, targets, gone } = await findTargets(parts.db, asked)
  let chars = 0
  const preview = async (target: Target): Promise<RestoredPanel> => {
    const [before, after] = await Promise.all([
      parts.replicas.readVersion(target.document, target.head),
      parts.replicas.readVersion(target.document, target.wanted),
    ])
    const patch = diffJson(stateOf(before.state.json), stateOf(after.state.json))
    chars += JSON.stringify(patch).length
    if (chars > MAX_PREVIEW_CHARS)
      throw tooManyPanels('The preview would be too large; ask for fewer panels.')
    const isSourceChanged = (before.state.source ?? '') !== (after.state.source ?? '')
    const isChanged = patch.length > 0 || isSourceChanged
    return {
      ...toPanel(target, { version: target.head, isChanged, isSourceChanged }),
      patch: patch.map((operation): JsonObject => ({ ...operation })),
    }
  }
  const panels = await parts.pastReads.take(caller.userId, () => readInTurns(targets, preview))
  return { view: await toView(parts.db, { asked, moment, panels, gone, isPreview: true }), isRepeated: false }
}

/** Values below `$computed` follow from the state. */
const stateOf = (json: string) => ({ $state: JSON.parse(json).$state })

async function findTargets(
  db: Db,
  { workspaceId, moment: wanted, panelIds }: Restore,
): Promise<{ readonly moment: FoundMoment; readonly targets: Target[]; readonly gone: readonly PanelId[] }> {
  const moment = await findMoment(db, workspaceId, wanted)
  const asked = panelIds === null ? null : new Set(panelIds)
  const shown = moment.panels.filter(({ panelId }) => asked?.has(panelId) ?? true)
  const missing = [...(asked ?? [])].find((panelId) => shown.every((each) => each.panelId !== panelId))
  if (missing !== undefined) throw notShown(missing)
  if (shown.length > MAX_PANELS) {
    throw tooManyPanels(`At most ${MAX_PANELS} panels are restored at once; name them in parts by panelIds.`)
  }
  const rows = await db
    .selectFrom('panels as p')
    .innerJoin('panel_states as s', 's.panel_id', 'p.id')
    .select(['p.id', 'p.name', 'p.deleted_at', 's.document', 's.version'])
    .where('p.workspace_id', '=', workspaceId)
    .execute()
  const byId = new Map(rows.map((row) => [row.id, row]))
  const gone = shown.map(({ panelId }) => panelId).filter((panelId) => !byId.has(panelId))
  const [first] = gone
  if (asked !== null && first !== undefined) throw isGoneForGood(first)
  const targets = shown.flatMap(({ panelId, version }): Target[] => {
    const row = byId.get(panelId)
    if (row === undefined) return []
    const { name, document, version: head } = row
    return [
      {
        panelId,
        document,
        name,
        head: toVersion(head),
        isDeleted: row.deleted_at !== null,
        wanted: version,
      },
    ]
  })
  return { moment, targets, gone }
}

const notShown = (panelId: PanelId): NexusError =>
  new NexusError('not_found', `The snapshot does not show the panel ${panelId}.`, { details: { panelId } })
const isGoneForGood = (panelId: PanelId): NexusError =>
  new NexusError(
    'not_found',
    `The panel ${panelId} has been deleted for good, or moved to another workspace, since.`,
    { details: { panelId } },
  )
const tooManyPanels = (message: string): NexusError => new NexusError('payload_too_large', message)

async function readInTurns<Wanted, T>(
  wanted: readonly Wanted[],
  read: (each: Wanted) => Promise<T>,
): Promise<T[]> {
  const found: T[] = []
  for (let at = 0; at < wanted.length; at += CONCURRENT_READS)
    found.push(...(await Promise.all(wanted.slice(at, at + CONCURRENT_READS).map(read))))
  return found
}

interface Prepared {
  readonly asked: Restore
  readonly changes: readonly PartOfBatch[]
  /** Those that have to come back first. */
  readonly deleted: readonly Target[]
}

const isGone = ({ isDeleted }: Target): boolean => isDeleted

async function changeAll(parts: Parts, { asked, changes, deleted }: Prepared) {
  const { workspaceId } = asked
  const broughtBack = await undelete(
    parts.db,
    workspaceId,
    deleted.map(({ panelId }) => panelId),
  )
  try {
    return await parts.replicas.changeTogether(changes)
  } catch (error) {
    // What is not known to have failed may have been saved: the panels stay.
    if (!isNexusError(error, 'unavailable')) {
      await deleteAgain(parts.db, workspaceId, broughtBack)
      // Somebody may have opened one meanwhile.
      for (const panelId of broughtBack)
        parts.fanout.publishNotice({ type: 'panel_deleted', workspaceId, panelId })
    }
    throw error instanceof PartRefused ? error.cause : error
  }
}

async function snapshotBefore(parts: Parts, caller: VerifiedCaller, asked: Restore): Promise<string> {
  const { snapshot } = await createSnapshot(parts, caller, {
    workspaceId: asked.workspaceId,
    type: 'manual',
    description: `Before the workspace was restored from ${nameOf(asked.moment)}`,
    commitToGit: true,
    receipt: asked.receipt,
  })
  return snapshot.snapshotId
}

const nameOf = (moment: PastMoment): string =>
  moment.kind === 'snapshot' ? `snapshot ${moment.snapshotId}` : `commit ${moment.hash}`

const causeOf = (caller: VerifiedCaller, asked: Restore, moment: FoundMoment): Cause => ({
  userId: caller.userId,
  triggeredBy: asked.triggeredBy,
  triggerSource: asked.triggerSource ?? `restore:${moment.snapshotId ?? moment.gitCommit}`,
  changeType: 'reverted',
  clientSession: caller.sessionId,
})

function toPanel(
  { panelId, name, head, isDeleted, wanted }: Target,
  {
    version,
    isChanged,
    isSourceChanged,
  }: { readonly version: Version; readonly isChanged: boolean; readonly isSourceChanged: boolean },
): RestoredPanel {
  const change = isDeleted ? 'brought_back' : isChanged ? 'changed' : 'unchanged'
  return { panelId, name, change, targetVersion: wanted, previousVersion: head, version, isSourceChanged }
}

interface Outcome {
  readonly asked: Restore
  readonly moment: FoundMoment
  readonly panels: readonly RestoredPanel[]
  readonly gone: readonly PanelId[]
  readonly isPreview: boolean
}

async function toView(
  db: Db,
  { asked, moment, panels, gone, isPreview }: Outcome,
): Promise<RestoredWorkspaceView> {
  const shown = new Set<PanelId>(moment.panels.map(({ panelId }) => panelId))
  const heads = asked.panelIds === null ? await listPanelHeads(db, asked.workspaceId) : []
  return {
    success: true,
    isPreview,
    restoredFrom: {
      snapshotId: moment.snapshotId,
      gitCommit: moment.gitCommit,
      snapshotAt: moment.at.toISOString(),
    },
    panels: [...panels],
    gone: [...gone],
    untouched: heads.map(({ panelId }) => panelId).filter((panelId) => !shown.has(panelId)),
  }
}
