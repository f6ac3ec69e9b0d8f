export { type Account, type Answer, createFreeFormPanel, requestJson, signUp } from './account.ts'
export { type CrashOutcome, type CrashRounds, runCrashRounds } from './crash-rounds.ts'
export { type LiveEditor, type OpenEditor, openLiveEditor } from './live-editor.ts'
export { type NexusProcess, type StartOptions, startNexus } from './nexus-process.ts'
