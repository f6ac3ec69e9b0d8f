// The panel document: the only place that knows how panel state lives in Yjs. Safe in a browser.
export { applyJsonPatch } from './apply-json-patch.ts'
export { applyMergePatch } from './apply-merge-patch.ts'
export { assignState } from './assign-state.ts'
export { applyUpdates, buildDocument, LOG_ORIGIN } from './build-document.ts'
export { createPanelUpdate, createWorkspaceUpdate, type NewPanel } from './initial-update.ts'
export type { JsonPatchOperation } from './json-patch.ts'
export { parseJsonPatch } from './parse-json-patch.ts'
export { type PanelJson, panelJson, readSource, readState } from './read-state.ts'
export { replaceSource } from './replace-source.ts'
export { replaceState } from './replace-state.ts'
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
