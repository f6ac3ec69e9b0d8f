// The panel document: the only place that knows how panel state lives in Yjs. Safe in a browser.
export { applyJsonPatch } from './apply-json-patch.ts'
export { applyMergePatch } from './apply-merge-patch.ts'
export { assignState } from './assign-state.ts'
export { beginRun, type PanelRun } from './begin-run.ts'
export { applyUpdates, buildDocument, LOG_ORIGIN } from './build-document.ts'
export { compactCounters, MAX_COUNTER_ENTRIES } from './compact-counters.ts'
export { diffJson } from './diff-json.ts'
export { createPanelUpdate, createWorkspaceUpdate, type NewPanel } from './initial-update.ts'
export type { JsonPatchOperation } from './json-patch.ts'
export { observeJsonPatch, type PatchInfo, type PatchListener } from './observe-json-patch.ts'
export { parseJsonPatch } from './parse-json-patch.ts'
export { formatPointer, parsePointer, type Step } from './pointer.ts'
export { type PanelJson, panelJson, readSource, readState } from './read-state.ts'
export { reconcileState } from './reconcile-state.ts'
export { replaceSource } from './replace-source.ts'
export { replaceState } from './replace-state.ts'
export { setAt, textAt } from './set-at.ts'
export {
  FREE_FORM,
  FREE_FORM_MODEL,
  type PanelModel,
  type PanelRoots,
  type PanelShape,
  panelRoots,
  STATE_TYPES,
  type StateDeclaration,
  type StateType,
} from './shape.ts'
