import type { JsonObject } from '../../model/json.ts'
import type { CompiledPanel } from '../compiled-panel.ts'
import type { Answer, ExtensionCall } from './extensions.ts'
import type { RunOutcome, RunTarget } from './run-request.ts'
import type { LogEntry } from './tool-result.ts'

/** What the caller tells a sandbox thread. Both sides are ours; what handlers say is text inside these. */
export type ToThread =
  | { readonly type: 'init'; readonly wasm: ArrayBuffer | null }
  | {
      readonly type: 'run'
      readonly panel: CompiledPanel
      readonly target: RunTarget
      readonly state: JsonObject
      /** Extension name → its methods. */
      readonly offered: Readonly<Record<string, readonly string[]>>
    }
  /** The answer to `commit`: where the next segment starts, or why the segment cannot be written. */
  | { readonly type: 'committed'; readonly next: JsonObject }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }

/** What a sandbox thread tells its caller. */
export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** The engine rests until `committed` or `refused` comes. */
  | { readonly type: 'commit'; readonly left: JsonObject; readonly isLast: boolean }
  /** The engine rests until all calls of the segment are answered. */
  | { readonly type: 'extension'; readonly call: ExtensionCall }
  | { readonly type: 'done'; readonly outcome: RunOutcome }
