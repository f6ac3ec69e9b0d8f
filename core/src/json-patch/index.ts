// JSON Patch on plain values: no Yjs, no Node. Safe in a browser.
export type { JsonPatchOperation } from '../document/json-patch.ts'
export { parseJsonPatch } from '../document/parse-json-patch.ts'
export { patchedJson } from '../document/patched-json.ts'
