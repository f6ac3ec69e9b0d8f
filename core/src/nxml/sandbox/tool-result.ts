import type { Json } from '../../model/json.ts'

/** Why a run failed (NXML specification 8.1). */
export const RUN_ERROR_CODES = [
  'TOOL_NOT_FOUND',
  'MISSING_ARGUMENT',
  'INVALID_ARGUMENT',
  'TYPE_MISMATCH',
  'UNDEFINED_STATE',
  'READONLY_COMPUTED',
  'NOT_SERIALIZABLE',
  'LIST_HOLE',
  'LIMIT_EXCEEDED',
  'EXECUTION_ERROR',
  'COMPILATION_ERROR',
  'TIMEOUT',
  'MEMORY_LIMIT',
  'RESOURCE_LIMIT',
  'EXTENSION_NOT_FOUND',
  'METHOD_NOT_FOUND',
  'INVALID_EVENT_NAME',
  'STATE_NOT_READY',
  'INTERNAL_ERROR',
] as const

export type RunErrorCode = (typeof RUN_ERROR_CODES)[number]

export interface RunError {
  readonly code: RunErrorCode
  readonly message: string
  /** Position in the NXML source, from 1; missing when there is none. */
  readonly line?: number
  readonly column?: number
}

export interface ToolEvent {
  readonly name: string
  readonly payload: Json
}

/** A transient change of one component on the caller's screen. */
export interface ViewCommand {
  /** Id of the component, with `[key]` for one row of a loop. */
  readonly id: string
  readonly kind: 'setProp' | 'call'
  /** The prop's name and value (no value: back to the definition), or the method and its arguments. */
  readonly args: readonly Json[]
}

export interface ToolResult {
  readonly success: boolean
  /** What the handler returned; `null` without a `return`. Missing after a failure. */
  readonly value?: Json
  readonly error?: RunError
  readonly events: readonly ToolEvent[]
  readonly viewCommands: readonly ViewCommand[]
  /** New values of local states, by name. */
  readonly localWrites: Readonly<Record<string, Json>>
  readonly durationMs: number
}

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
}

/** Ends a run with one of the documented codes. */
export class RunFailure extends Error {
  readonly code: RunErrorCode
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(code: RunErrorCode, message: string, place: { line?: number; column?: number } = {}) {
    super(message)
    this.name = 'RunFailure'
    this.code = code
    this.line = place.line
    this.column = place.column
  }

  toRunError(): RunError {
    const { code, message, line, column } = this
    return {
      code,
      message,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    }
  }
}
