import type { JsonObject } from '../../model/json.ts'
import type { CompiledPanel } from '../compiled-panel.ts'
import type { Extensions } from './extensions.ts'
import type { LogEntry, ToolResult } from './tool-result.ts'

/** What a run executes: a tool with its arguments, or a lifecycle hook. */
export type RunTarget =
  | {
      readonly tool: string
      readonly args: JsonObject
      /** Arguments the tool does not declare: a View drops them (default), an agent is told. */
      readonly unknownArgs?: 'drop' | 'refuse'
    }
  | { readonly lifecycle: 'mount' | 'unmount' }

export interface RunRequest {
  readonly panel: CompiledPanel
  readonly target: RunTarget
  /** Every declared state, shared and local; not changed. A function is asked once the engine is ready. */
  readonly state: JsonObject | (() => JsonObject)
  /** Extensions of the host, by name. */
  readonly extensions?: Extensions
  /**
   * Called with what each segment left: at each `await` of an extension, before the call is made, and at the end.
   * When it throws, the run fails and the segment counts as discarded.
   *
   * @returns the state the next segment starts from; not looked at after the last one.
   */
  commit?(next: JsonObject, segment: { readonly isLast: boolean }): JsonObject | Promise<JsonObject>
  log?(entry: LogEntry): void
}

export interface RunOutcome {
  readonly result: ToolResult
  /** What the last segment left; after a failure, what it started from. */
  readonly nextState: JsonObject
}
