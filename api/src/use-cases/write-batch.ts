import { isNexusError, NexusError, type PanelId, panelDocumentName, type WorkspaceId } from '@nexus/core'
import type { Access, VerifiedCaller } from '@nexus/core/server'
import type { Changed } from '../replicas/change.ts'
import { type PartOfBatch, PartRefused } from '../replicas/change-together.ts'
import type { Replicas } from '../replicas/replicas.ts'
import { requireDocument } from './read-state.ts'
import { requireRight } from './workspace-rights.ts'
import { toChange, type WriteRequest } from './write-state.ts'

interface Parts {
  readonly access: Access
  readonly replicas: Replicas
}

/** Changes of several panels of one workspace, each panel once. */
export interface BatchOfWrites {
  readonly workspaceId: WorkspaceId
  readonly writes: readonly { readonly panelId: PanelId; readonly request: WriteRequest }[]
}

/**
 * Changes several panels in one commit, or none of them. When it resolves, all are committed.
 *
 * @returns What became of each, same order.
 * @throws {NexusError} As a change alone; `details.change` says which one was refused, counted from 0. Nothing has changed,
 *   unless it is `unavailable`: then all of it may have been saved, or nothing.
 */
export async function writeBatch(
  { access, replicas }: Parts,
  caller: VerifiedCaller,
  { workspaceId, writes }: BatchOfWrites,
): Promise<Changed[]> {
  const parts: PartOfBatch[] = []
  for (const [index, { panelId, request }] of writes.entries()) {
    try {
      const found = await requireDocument(access, caller, { workspaceId, panelId })
      requireRight(found, 'write')
      const document = panelDocumentName(workspaceId, panelId)
      if (parts.some((part) => part.document === document)) throw namedTwice()
      parts.push({ document, change: toChange(caller, request, found) })
    } catch (error) {
      throw ofChange(index, error)
    }
  }
  try {
    return await replicas.changeTogether(parts)
  } catch (error) {
    throw error instanceof PartRefused ? ofChange(parts.indexOf(error.part), error.cause) : error
  }
}

const namedTwice = (): NexusError =>
  new NexusError('validation_failed', 'The panel is named twice; put its changes together.', {
    details: { pointer: '/panelId' },
  })

/** A refusal with the place of the change that caused it. */
function ofChange(index: number, error: unknown): unknown {
  if (!isNexusError(error) || error.code === 'unavailable') return error
  return new NexusError(error.code, `Change ${index}: ${error.message}`, {
    details: { ...error.details, change: index },
    cause: error,
  })
}
