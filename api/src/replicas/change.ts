import { NexusError, type Receipt, type UpdateDraft, type Version } from '@nexus/core'
import type { PanelModel } from '@nexus/core/document'
import * as Y from 'yjs'

/** A change of one document as a caller asks for it. */
export interface Change {
  /**
   * Changes `doc`, or throws and leaves it as it was. What it does becomes one update.
   * @returns Whether anything changed.
   */
  readonly apply: (doc: Y.Doc, model: PanelModel) => boolean
  /** Why; stored with the update. */
  readonly cause: Omit<UpdateDraft, 'update'>
  /** The version the caller looked at; `null`: the newest. */
  readonly base: Version | null
  /** Refuse unless this is the newest version, which is decided by the append itself; `null`: merge. */
  readonly expected: Version | null
  /** Carry it out once, however often it is asked; `null`: each time. */
  readonly receipt: Receipt | null
  /** Newest saved version when the caller asked; the change is made to this or something newer. */
  readonly head: Version
}

export interface Changed {
  /** The version that has the change; without a change, the one that was looked at. */
  readonly version: Version
  readonly updatedAt: Date
  readonly isChanged: boolean
  /** It was carried out before; nothing was done now. */
  readonly isRepeated: boolean
}

/** How much one change may do. */
export interface ChangeLimits {
  /** Of the state it leaves, as JSON, unless it was larger before. */
  readonly maxStateChars: number
  readonly maxUpdateBytes: number
}

/** What applying a change to a document did. */
export type Attempt =
  | { readonly state: 'changed'; readonly update: Uint8Array }
  | { readonly state: 'unchanged' }
  /** All it changed is deleted by now: nothing reads otherwise. The document has it in it, and it must not be saved. */
  | { readonly state: 'moot' }
  /** The document is as it was. */
  | { readonly state: 'refused'; readonly error: unknown }
  /** The document has something in it that must not be saved. */
  | { readonly state: 'spoilt'; readonly error: unknown }

/** Applies `change` to `doc` and says what became of it. Never throws. */
export function attempt(
  change: Change,
  { doc, model, maxUpdateBytes }: { doc: Y.Doc; model: PanelModel; maxUpdateBytes: number },
): Attempt {
  const updates: Uint8Array[] = []
  const collect = (update: Uint8Array): void => void updates.push(update)
  doc.on('update', collect)
  try {
    change.apply(doc, model)
  } catch (error) {
    return { state: updates.length === 0 ? 'refused' : 'spoilt', error }
  } finally {
    doc.off('update', collect)
  }
  const [first] = updates
  if (first === undefined) return { state: 'unchanged' }
  const update = updates.length === 1 ? first : Y.mergeUpdates(updates)
  if (update.byteLength <= maxUpdateBytes) return { state: 'changed', update }
  const detail = `The change becomes an update of more than ${maxUpdateBytes} bytes.`
  return {
    state: 'spoilt',
    error: new NexusError('payload_too_large', detail, { details: { limit: maxUpdateBytes } }),
  }
}
