import {
  type Cause,
  type Fanout,
  NexusError,
  panelDocumentName,
  parseVersion,
  type Receipt,
  type Receipts,
  type TriggeredBy,
  type Version,
} from '@nexus/core'
import type { Access, VerifiedCaller } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import type { Changed } from '../replicas/change.ts'
import { findKept } from '../replicas/kept-receipts.ts'
import type { Replicas } from '../replicas/replicas.ts'
import type { Turns } from '../turns.ts'
import { becomePast, readPastPanel } from './past-panel.ts'
import { type PanelAddress, requireDocument } from './read-state.ts'
import { createSnapshot } from './snapshots.ts'
import { requireRight } from './workspace-rights.ts'

interface RevertRequest {
  readonly targetVersion: number
  readonly createSnapshot: boolean
  readonly triggeredBy: TriggeredBy
  readonly triggerSource: string | null
  readonly receipt: Receipt | null
}

interface Asked {
  readonly address: PanelAddress
  readonly request: RevertRequest
}

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  readonly access: Access
  readonly replicas: Replicas
  readonly receipts: Receipts
  readonly pastReads: Turns
  readonly snapshotWaitMs: number
}

interface Reverted extends Changed {
  /** `null`: none was asked for. */
  readonly snapshotId: string | null
}

/**
 * Makes a panel, source and state, what it was at an older version; nothing is erased. What it is already, it stays, at
 * the version it has. With `createSnapshot` the workspace as it is before is snapshotted first.
 *
 * @throws {NexusError} `not_found`, `forbidden`, `workspace_archived`, `validation_failed` (no such version),
 *   `idempotency_key_reused`: nothing has changed. `unavailable`: it may or may not have been saved, or the snapshot could not be made.
 */
export async function revertState(parts: Parts, caller: VerifiedCaller, asked: Asked): Promise<Reverted> {
  const { address, request } = asked
  const found = await requireDocument(parts.access, caller, address)
  requireRight(found, 'write')
  const target = versionUpTo(found.head, request.targetVersion)
  const document = panelDocumentName(address.workspaceId, address.panelId)
  // Before anything is done for it: a key that was another request's makes no snapshot.
  await findKept(parts.receipts, [document], request.receipt)
  const panel = await parts.pastReads.take(caller.userId, () =>
    readPastPanel(parts.replicas, document, target),
  )
  const snapshotId = request.createSnapshot ? await snapshotBefore(parts, caller, asked) : null
  let isSourceChanged = false
  const changed = await parts.replicas.change(document, {
    apply: (doc) => {
      const done = becomePast(doc, panel)
      isSourceChanged = done.isSourceChanged
      return done.isChanged
    },
    cause: causeOf(caller, request),
    base: null,
    expected: null,
    receipt: request.receipt,
    head: found.head,
  })
  if (isSourceChanged) parts.fanout.publishNotice({ type: 'panels_changed', ...address })
  return { ...changed, snapshotId }
}

function versionUpTo(head: Version, wanted: number): Version {
  const version = parseVersion(wanted)
  if (version !== null && version >= 1 && version <= head) return version
  throw new NexusError('validation_failed', `There is no version ${wanted}; the newest is ${head}.`, {
    details: { pointer: '/targetVersion', currentVersion: head },
  })
}

async function snapshotBefore(
  parts: Parts,
  caller: VerifiedCaller,
  { address, request }: Asked,
): Promise<string> {
  const { snapshot } = await createSnapshot(parts, caller, {
    workspaceId: address.workspaceId,
    type: 'manual',
    description: `Before panel ${address.panelId} was reverted to version ${request.targetVersion}`,
    commitToGit: true,
    receipt: request.receipt,
  })
  return snapshot.snapshotId
}

const causeOf = (caller: VerifiedCaller, request: RevertRequest): Cause => ({
  userId: caller.userId,
  triggeredBy: request.triggeredBy,
  triggerSource: request.triggerSource,
  changeType: 'reverted',
  clientSession: caller.sessionId,
})
