import {
  type Json,
  NexusError,
  type PanelId,
  panelDocumentName,
  parseVersion,
  type SavedMoment,
  type UpdateLog,
  type Version,
  type WorkspaceId,
} from '@nexus/core'
import { parsePointer } from '@nexus/core/document'
import type { Access, DocumentAccess, VerifiedCaller } from '@nexus/core/server'
import type { ReadState, Replicas } from '../replicas/replicas.ts'
import { noPanel } from './panel-rights.ts'

interface Parts {
  readonly access: Access
  readonly log: UpdateLog
  readonly replicas: Replicas
}

export interface PanelAddress {
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId
}

/** Which moment of a panel is asked for. */
export type Moment =
  | { readonly kind: 'newest' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'time'; readonly at: Date }

/** Right and head in one query. @throws {NexusError} `not_found` for who may not see it. */
export async function requireDocument(
  access: Access,
  caller: VerifiedCaller,
  address: PanelAddress,
): Promise<DocumentAccess> {
  const found = await access.panelAccess(caller, address)
  if (found === null) throw noPanel()
  return found
}

/**
 * The version a moment means, at least as new as everything acknowledged on any node before the call.
 *
 * @throws {NexusError} `not_found` when the panel had no version then.
 */
export async function resolveMoment(
  { log }: Pick<Parts, 'log'>,
  address: PanelAddress,
  wanted: { readonly moment: Moment; readonly head: Version },
): Promise<Version> {
  const { moment, head } = wanted
  if (moment.kind === 'newest') return head
  const document = panelDocumentName(address.workspaceId, address.panelId)
  const version =
    moment.kind === 'time' ? await log.versionAt(document, moment.at) : parseVersion(moment.version)
  if (version !== null && version >= 1 && version <= head) return version
  const which = moment.kind === 'time' ? `version at ${moment.at.toISOString()}` : `version ${moment.version}`
  throw new NexusError('not_found', `The panel has no ${which}.`, { details: { currentVersion: head } })
}

/** The state at `version`, or at something newer when `version` is the head. */
export function readState(
  { replicas }: Pick<Parts, 'replicas'>,
  address: PanelAddress,
  wanted: { readonly version: Version; readonly head: SavedMoment },
): Promise<ReadState> {
  const document = panelDocumentName(address.workspaceId, address.panelId)
  return wanted.version === wanted.head.version
    ? replicas.readNewest(document, wanted.head)
    : replicas.readVersion(document, wanted.version)
}

/**
 * The value at an RFC 6901 pointer.
 *
 * @throws {NexusError} `validation_failed` when it is not a pointer, `not_found` when there is nothing.
 */
export function valueAt(root: Json, pointer: string): Json {
  const path = parsePointer(pointer)
  if (path === null) throw notAPointer(pointer)
  let value: Json | undefined = root
  for (const step of path) {
    value = memberOf(value, step)
    if (value === undefined) throw nothingThere(pointer)
  }
  return value
}

export const notAPointer = (pointer: string): NexusError =>
  new NexusError('validation_failed', 'The pointer is not a JSON Pointer (RFC 6901).', {
    details: { pointer },
  })

export const nothingThere = (pointer: string): NexusError =>
  new NexusError('not_found', 'There is nothing at this pointer.', { details: { pointer } })

function memberOf(value: Json, key: string): Json | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return value[key]
}
