import type { StateType } from '../document/shape.ts'
import type { Json } from '../model/json.ts'
import type { CompiledPanel } from './compiled-panel.ts'
import type { Attribute, ElementNode } from './parse.ts'
import type { Span } from './positions.ts'

/** What a definition declares, before any expression or handler has been looked at. */
export interface Outline {
  readonly meta: CompiledPanel['meta']
  readonly states: readonly DeclaredState[]
  readonly computed: readonly DeclaredComputed[]
  readonly tools: readonly DeclaredTool[]
  readonly lifecycles: readonly DeclaredLifecycle[]
  readonly extensions: readonly DeclaredExtension[]
  /** The root component; null for an empty or missing View. */
  readonly viewRoot: ElementNode | null
  /** Parts that were refused but whose names still count as used. */
  readonly refused: readonly ElementNode[]
}

export interface DeclaredState {
  readonly name: string
  readonly nameSpan: Span
  readonly hasValidName: boolean
  readonly type: StateType
  readonly scope: 'shared' | 'local'
  readonly default: Json
  readonly description?: string
}

export interface DeclaredComputed {
  readonly name: string
  readonly nameSpan: Span
  readonly hasValidName: boolean
  readonly value: Attribute | null
  readonly description?: string
}

export type ArgType = 'string' | 'number' | 'boolean' | 'list' | 'object'

export interface DeclaredArg {
  readonly name: string
  readonly type: ArgType
  readonly required: boolean
  readonly default?: Json
  readonly description?: string
}

export interface DeclaredTool {
  readonly name: string
  readonly nameSpan: Span
  readonly hasValidName: boolean
  readonly args: readonly DeclaredArg[]
  readonly handler: ElementNode | null
  readonly description?: string
}

export interface DeclaredLifecycle {
  readonly on: 'mount' | 'unmount'
  readonly at: Span
  readonly handler: ElementNode | null
}

export interface DeclaredExtension {
  readonly name: string
  readonly alias: string
  readonly at: Span
  readonly source?: string
}
