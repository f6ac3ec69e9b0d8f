export { type Account, type Answer, createFreeFormPanel, requestJson, signUp } from './account.ts'
export { openBrowser, openWindow, type Window } from './browser.ts'
export { type CrashOutcome, type CrashRounds, runCrashRounds } from './crash-rounds.ts'
export { withDataDir } from './data-dir.ts'
export { type Json, merged, type Operation, patched, valueAt } from './json-model.ts'
export { type LiveEditor, type OpenEditor, openLiveEditor } from './live-editor.ts'
export {
  type NexusProcess,
  type Preload,
  type ServiceName,
  type StartOptions,
  startNexus,
  startService,
} from './nexus-process.ts'
export {
  type Credentials,
  openPanel,
  openPanelAddress,
  openWorkspace,
  saveSign,
  signInInPage,
  signUpInPage,
  someone,
} from './person.ts'
export { randomJson, randomPatch } from './random-edits.ts'
