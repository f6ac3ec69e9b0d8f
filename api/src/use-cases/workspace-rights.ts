import { canWrite, isOwner, NexusError, parseWorkspaceId, type WorkspaceId } from '@nexus/core'
import type { Access, VerifiedCaller, WorkspaceAccess } from '@nexus/core/server'

/** `write` needs an editor and a workspace that is not archived, `own` the owner. */
export type Right = 'read' | 'write' | 'own'

/** @throws {NexusError} `not_found` for text that is no id of ours: there cannot be such a workspace. */
export function toWorkspaceId(text: unknown): WorkspaceId {
  const workspaceId = parseWorkspaceId(text)
  if (workspaceId === null) throw noWorkspace()
  return workspaceId
}

export const noWorkspace = (): NexusError =>
  new NexusError('not_found', 'There is no such workspace, or you may not see it.')

/**
 * @throws {NexusError} `not_found` for people who are not members, `forbidden` for members whose role does not allow it,
 *   `workspace_archived` for writing into an archived one.
 */
export async function requireWorkspace(
  access: Access,
  caller: VerifiedCaller,
  wanted: { readonly workspaceId: WorkspaceId; readonly right: Right },
): Promise<WorkspaceAccess> {
  const found = await access.workspaceAccess(caller, wanted.workspaceId)
  if (found === null) throw noWorkspace()
  requireRight(found, wanted.right)
  return found
}

/** @throws {NexusError} `forbidden` or `workspace_archived`. */
export function requireRight({ role, workspaceStatus }: WorkspaceAccess, right: Right): void {
  if (right === 'read') return
  if (right === 'own' && !isOwner(role)) throw new NexusError('forbidden', 'Only an owner may do this.')
  if (!canWrite(role)) throw new NexusError('forbidden', 'Viewers may not change anything.')
  if (right === 'write' && workspaceStatus === 'archived') {
    throw new NexusError('workspace_archived', 'The workspace is archived; activate it to change it.')
  }
}
