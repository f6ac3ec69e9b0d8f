export { ApiError, CLIENT_ERRORS, isApiError, isPassing } from './api-error.ts'
export type { BatchChange, BatchOptions, SavedBatch } from './batch.ts'
export { type ClientOptions, createClient, type NexusClient } from './client.ts'
export type { PanelChange, PanelListener, PanelUpdate } from './followed-panel.ts'
export type { Live } from './live.ts'
export type { components, paths } from './openapi.ts'
export {
  type BlameEntry,
  type Cause,
  dataOf,
  type HistoryEntry,
  type HistoryFilter,
  type MergePatch,
  type Operation,
  type Panel,
  type PanelValue,
  type ReadOptions,
  type State,
  type WriteOptions,
  type WrittenState,
} from './panel.ts'
export type { Token, TokenSource } from './token-source.ts'
