import type { JsonPatchOperation } from '@nexus/core/json-patch'
import type { Client } from 'openapi-fetch'
import type { components, paths } from './openapi.ts'

type Schemas = components['schemas']
/** `$state`: shared values by name. `$computed`: what follows from them. */
export interface PanelValue {
  readonly $state: Readonly<Record<string, unknown>>
  readonly $computed: Readonly<Record<string, unknown>>
}
export type State = Omit<Schemas['State'], 'state'> & { readonly state: PanelValue }
export type WrittenState = Schemas['WrittenState']
export type HistoryEntry = Schemas['HistoryEntry']
export type BlameEntry = Schemas['BlameEntry']
/** One operation of RFC 6902, or `increment`. */
export type Operation = JsonPatchOperation

/** RFC 7396: members replace, `null` removes, what is absent stays. */
export type MergePatch = Schemas['StateMergePatch']

/** Why a change is made, for the history. */
export interface Cause {
  readonly triggeredBy?: 'user' | 'ai' | 'api' | 'system'
  readonly triggerSource?: string
}

export interface WriteOptions extends Cause {
  /** The version the change was made for. It is applied to that one and merged into what is newest. Absent: the newest. */
  readonly version?: number
  /** Refuse with `version_conflict` unless `version` is the newest. */
  readonly strict?: boolean
  /** Absent: one of its own for each call, under which a lost answer is asked for again. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

export interface ReadOptions {
  readonly version?: number
  readonly at?: Date
  readonly signal?: AbortSignal
}

export interface HistoryFilter extends Omit<Cause, 'triggerSource'> {
  readonly since?: Date
  readonly until?: Date
  readonly userId?: string
  /** Entries asked for at a time. Default 50. */
  readonly pageSize?: number
  readonly signal?: AbortSignal
}

/** The state of one panel. Everything rejects with {@link ApiError}. */
export interface Panel {
  read(options?: ReadOptions): Promise<State>
  /** What is at an RFC 6901 pointer, such as `/$state/items/0`; `not_found` where there is nothing. */
  valueAt(pointer: string, options?: ReadOptions): Promise<unknown>
  /** Makes the state this one; only what differs is written. */
  replace(state: Record<string, unknown>, options?: WriteOptions): Promise<WrittenState>
  patch(operations: readonly Operation[], options?: WriteOptions): Promise<WrittenState>
  /** RFC 7396: members replace, `null` removes. */
  merge(patch: MergePatch, options?: Omit<WriteOptions, 'strict'>): Promise<WrittenState>
  /** Adds to a counter, whose additions all count, also those made at the same moment; or to a number, where the last one does. */
  increment(pointer: string, by?: number, options?: WriteOptions): Promise<WrittenState>
  /** Every change, newest first, page after page as far as it is read. */
  history(filter?: HistoryFilter): AsyncGenerator<HistoryEntry>
  /** What leads from one version to another. */
  diff(from: number, to: number): Promise<readonly Operation[]>
  /** The change that last set each value at and below a pointer. */
  blame(pointer?: string): Promise<readonly BlameEntry[]>
  /** Adds a version that is as `version` was, source included. */
  revert(
    version: number,
    options?: { createSnapshot?: boolean; idempotencyKey?: string },
  ): Promise<Schemas['RevertedState']>
}

const PATH = '/api/state/{workspaceId}/{panelId}'
const PAGE_SIZE = 50

export function createPanel(
  http: Client<paths>,
  path: { readonly workspaceId: string; readonly panelId: string },
): Panel {
  const keyed = (key: string | undefined) => ({ 'Idempotency-Key': key ?? crypto.randomUUID() })

  const readAt = ({ version, at, signal }: ReadOptions = {}, pointer?: string) =>
    dataOf(
      http.GET(PATH, {
        params: { path, query: defined({ version, at: at?.toISOString(), pointer }) },
        ...defined({ signal }),
      }),
    )

  const panel: Panel = {
    read: async (options) => (await readAt(options)) as State,
    valueAt: async (pointer, options) => (await readAt(options, pointer)).state,
    replace: (state, { signal, idempotencyKey, ...options } = {}) =>
      dataOf(
        http.PUT(PATH, {
          params: { path, header: keyed(idempotencyKey) },
          body: { state: { $state: state }, ...options },
          ...defined({ signal }),
        }),
      ),
    patch: (patches, { signal, idempotencyKey, ...options } = {}) =>
      dataOf(
        http.PATCH(PATH, {
          params: { path, header: keyed(idempotencyKey) },
          headers: { 'content-type': 'application/json-patch+json' },
          body: { patches, ...options },
          ...defined({ signal }),
        }),
      ),
    merge: (patch, { signal, idempotencyKey, version, triggeredBy, triggerSource } = {}) =>
      dataOf(
        http.PATCH(PATH, {
          params: {
            path,
            header: keyed(idempotencyKey),
            query: defined({ version, triggeredBy, triggerSource }),
          },
          headers: { 'content-type': 'application/merge-patch+json' },
          body: patch,
          ...defined({ signal }),
        }),
      ),
    increment: (pointer, by = 1, options) =>
      panel.patch([{ op: 'increment', path: pointer, value: by }], options),
    history: (filter) => pagesOf(http, path, filter),
    diff: async (from, to) => {
      const { patch } = await dataOf(http.GET(`${PATH}/diff`, { params: { path, query: { from, to } } }))
      return patch as readonly Operation[]
    },
    blame: (pointer) => dataOf(http.GET(`${PATH}/blame`, { params: { path, query: defined({ pointer }) } })),
    revert: (targetVersion, { idempotencyKey, ...options } = {}) =>
      dataOf(
        http.POST(`${PATH}/revert`, {
          params: { path, header: keyed(idempotencyKey) },
          body: { targetVersion, ...options },
        }),
      ),
  }
  return panel
}

async function* pagesOf(
  http: Client<paths>,
  path: { readonly workspaceId: string; readonly panelId: string },
  { pageSize = PAGE_SIZE, signal, since, until, ...filter }: HistoryFilter = {},
): AsyncGenerator<HistoryEntry> {
  let last = Number.POSITIVE_INFINITY
  for (let offset = 0; ; offset += pageSize) {
    const query = {
      limit: pageSize,
      offset,
      ...defined({ since: since?.toISOString(), until: until?.toISOString() }),
      ...filter,
    }
    const { history } = await dataOf(
      http.GET(`${PATH}/history`, { params: { path, query }, ...defined({ signal }) }),
    )
    for (const entry of history) {
      // Changes that came meanwhile have moved the pages: what was here is not given twice.
      if (entry.version < last) yield entry
      last = Math.min(last, entry.version)
    }
    if (history.length < pageSize) return
  }
}

/** Refusals have been thrown already. */
export async function dataOf<Data>(answer: Promise<{ readonly data?: Data }>): Promise<NonNullable<Data>> {
  const { data } = await answer
  if (data === undefined || data === null) throw new Error('The answer has no body.')
  return data
}

/** Without the members that are `undefined`: with exact optional types those are another thing than absent ones. */
function defined<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
}
