import type { Client } from 'openapi-fetch'
import type { components, paths } from './openapi.ts'
import { type Cause, dataOf, type MergePatch, type Operation } from './panel.ts'

/** What becomes of one panel: one of `patches`, `mergePatch` and `state`. */
export type BatchChange = {
  readonly panelId: string
  /** The version the change was made for; absent: the newest. */
  readonly version?: number
  /** Refuse everything unless `version` is the newest. */
  readonly strict?: boolean
} & (
  | { readonly patches: readonly Operation[] }
  | { readonly mergePatch: MergePatch }
  | { readonly state: { readonly $state: Readonly<Record<string, unknown>> } }
)

export interface BatchOptions extends Cause {
  /** Absent: one of its own for each call, under which a lost answer is asked for again. */
  readonly idempotencyKey?: string
}

/** Versions in the order of the changes. */
export type SavedBatch = components['schemas']['SavedBatch']

/** @throws {ApiError} `details.change` says which change was refused, counted from 0; nothing has changed. */
export function saveBatch(
  http: Client<paths>,
  asked: {
    readonly workspaceId: string
    readonly changes: readonly BatchChange[]
    readonly options: BatchOptions | undefined
  },
): Promise<SavedBatch> {
  const { idempotencyKey = crypto.randomUUID(), ...cause } = asked.options ?? {}
  return dataOf(
    http.POST('/api/state/{workspaceId}/batch', {
      params: { path: { workspaceId: asked.workspaceId }, header: { 'Idempotency-Key': idempotencyKey } },
      body: { changes: asked.changes.map((change) => toBody(change)), ...cause },
    }),
  )
}

const toBody = (change: BatchChange): components['schemas']['Batch']['changes'][number] =>
  'patches' in change ? { ...change, patches: [...change.patches] } : change
