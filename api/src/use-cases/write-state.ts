import {
  type Cause,
  type Json,
  NexusError,
  panelDocumentName,
  parseVersion,
  type Receipt,
  type TriggeredBy,
  type Version,
} from '@nexus/core'
import {
  applyJsonPatch,
  applyMergePatch,
  type JsonPatchOperation,
  parseJsonPatch,
  parsePointer,
  replaceState,
} from '@nexus/core/document'
import type { Access, DocumentAccess, VerifiedCaller } from '@nexus/core/server'
import type { Change, Changed } from '../replicas/change.ts'
import type { Replicas } from '../replicas/replicas.ts'
import { type PanelAddress, requireDocument } from './read-state.ts'
import { requireRight } from './workspace-rights.ts'

/** What a caller wants to become of the state. */
export type Write =
  | { readonly kind: 'replace'; readonly state: Json }
  | { readonly kind: 'json-patch'; readonly operations: readonly Json[] }
  | { readonly kind: 'merge-patch'; readonly patch: Json }

export interface WriteRequest {
  readonly write: Write
  /** The version the caller looked at; `null`: the newest. */
  readonly base: number | null
  readonly isStrict: boolean
  /** Versions of `If-Match`; `null` without it. Any one of them must be the newest. */
  readonly ifMatch: readonly string[] | null
  readonly triggeredBy: TriggeredBy
  readonly triggerSource: string | null
  readonly receipt: Receipt | null
}

interface Parts {
  readonly access: Access
  readonly replicas: Replicas
}

const ORIGIN = 'patch:STATE'

/**
 * Changes a panel's state. When it resolves, the change is committed.
 *
 * @throws {NexusError} `not_found`, `forbidden`, `workspace_archived`, `invalid_patch`, `patch_test_failed`,
 *   `validation_failed`, `version_conflict`, `idempotency_key_reused`: nothing has changed. `unavailable`: it may or may not have been saved.
 */
export async function writeState(
  { access, replicas }: Parts,
  caller: VerifiedCaller,
  asked: { readonly address: PanelAddress; readonly request: WriteRequest },
): Promise<Changed> {
  const { address, request } = asked
  const found = await requireDocument(access, caller, address)
  requireRight(found, 'write')
  const change = toChange(caller, request, found)
  return replicas.change(panelDocumentName(address.workspaceId, address.panelId), change)
}

/** What is asked for, as a change of a document that has been found. @throws {NexusError} When it cannot be meant so. */
export function toChange(caller: VerifiedCaller, request: WriteRequest, found: DocumentAccess): Change {
  return {
    ...versionsOf(request, found),
    apply: applyOf(request.write),
    cause: causeOf(caller, request),
    head: found.head,
    receipt: request.receipt,
  }
}

function applyOf(write: Write): Change['apply'] {
  if (write.kind === 'replace') {
    return (doc, model) => replaceState(doc, model, write.state, undefined, ORIGIN)
  }
  if (write.kind === 'merge-patch') return (doc, model) => applyMergePatch(doc, model, write.patch, ORIGIN)
  const operations = parseJsonPatch(write.operations)
  operations.forEach(refuseHostileMember)
  return (doc, model) => applyJsonPatch(doc, model, operations, ORIGIN)
}

/** No body may have such a member, so what is read could not be written back. It can be removed. */
function refuseHostileMember({ op, path }: JsonPatchOperation, position: number): void {
  if (op === 'remove' || op === 'test' || parsePointer(path)?.includes('__proto__') !== true) return
  throw new NexusError('invalid_patch', `Operation ${position}: a member may not be called "__proto__".`, {
    details: { operation: position, pointer: path },
  })
}

const causeOf = (caller: VerifiedCaller, request: WriteRequest): Cause => ({
  userId: caller.userId,
  triggeredBy: request.triggeredBy,
  triggerSource: request.triggerSource,
  changeType: 'updated',
  clientSession: caller.sessionId,
})

/** Which version the change is made to, and which one it insists on. */
function versionsOf(
  request: WriteRequest,
  { head }: DocumentAccess,
): { readonly base: Version | null; readonly expected: Version | null } {
  const base = request.base === null ? null : parseVersion(request.base)
  if (base !== null && (base < 1 || base > head) && !request.isStrict)
    throw unknownVersion(request.base, head)
  if (request.ifMatch !== null) {
    const expected = matching(request.ifMatch, head)
    return { base: base ?? expected, expected }
  }
  if (!request.isStrict) return { base, expected: null }
  if (base === null) {
    throw new NexusError('validation_failed', 'A strict change names the version it was made for.', {
      details: { pointer: '/version' },
    })
  }
  if (base > head) throw conflict(head)
  return { base, expected: base }
}

/** `*` is any version of a panel that exists. */
function matching(tags: readonly string[], head: Version): Version | null {
  if (tags.includes('*')) return null
  const versions = tags.map(parseVersion).filter((version) => version !== null)
  const expected = versions.find((version) => version === head) ?? versions[0]
  if (expected === undefined || expected > head) throw conflict(head)
  return expected
}

const conflict = (currentVersion: Version): NexusError =>
  new NexusError('version_conflict', `The newest version is ${currentVersion}.`, {
    details: { currentVersion },
  })

const unknownVersion = (version: number | null, currentVersion: Version): NexusError =>
  new NexusError('validation_failed', `There is no version ${version}; the newest is ${currentVersion}.`, {
    details: { pointer: '/version', currentVersion },
  })
