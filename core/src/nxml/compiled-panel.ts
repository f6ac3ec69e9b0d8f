import type { StateType } from '../document/shape.ts'
import type { Json } from '../model/json.ts'

/** 1-based, end exclusive; columns count UTF-16 code units. */
export interface Loc {
  readonly startLine: number
  readonly startColumn: number
  readonly endLine: number
  readonly endColumn: number
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  /** One sentence that names the thing concerned. */
  readonly message: string
  /** How to mend it. */
  readonly hint?: string
  /** Where in the tree, such as `['view', 'root', 'children', '2', 'trigger']`. */
  readonly path: readonly string[]
  readonly loc: Loc
}

/** A checked expression; `evaluateExpression` runs it. `node` is private to the evaluator. */
export interface Expr {
  readonly source: string
  readonly loc: Loc
  readonly node: unknown
  /** Names of states and computed values it reads. */
  readonly reads: readonly string[]
  /** Names of loop variables it reads. */
  readonly scopeReads: readonly string[]
}

export interface CompiledState {
  readonly name: string
  readonly type: StateType
  readonly scope: 'shared' | 'local'
  readonly default: Json
  readonly description?: string
  readonly loc: Loc
}

export interface CompiledComputed {
  readonly name: string
  readonly expr: Expr
  readonly reads: readonly string[]
  /** Depends on local state, so it exists only in a client. */
  readonly local: boolean
  readonly description?: string
  readonly loc: Loc
}

export interface CompiledArg {
  readonly name: string
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'object'
  readonly required: boolean
  readonly default?: Json
  readonly description?: string
}

export interface CompiledHandler {
  readonly code: string
  readonly loc: Loc
  readonly timeoutMs: number
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** `$state[expression]` occurs. */
  readonly dynamicState: boolean
  readonly extensions: readonly string[]
  readonly emits: readonly string[]
  readonly viewIds: readonly string[]
  readonly capabilities: readonly string[]
}

export interface CompiledTool {
  readonly name: string
  readonly description?: string
  readonly args: readonly CompiledArg[]
  readonly handler: CompiledHandler
  readonly loc: Loc
}

export type ViewProp =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'template'; readonly parts: readonly (string | Expr)[] }
  | { readonly kind: 'binding'; readonly expr: Expr }
  | {
      readonly kind: 'path'
      readonly root: '$state' | '$scope'
      readonly steps: readonly (string | number)[]
    }

export interface ViewNode {
  /** Component name, such as `Layout` or `Text`. */
  readonly type: string
  readonly id?: string
  readonly loc: Loc
  readonly children: readonly ViewNode[]
  /** `bind` is here too, as a `path`. A single `{expression}` is a `binding` and keeps its type. */
  readonly props: Readonly<Record<string, ViewProp>>
  readonly trigger?: {
    readonly tool: string
    readonly args?: Expr
    readonly argsShape: 'list' | 'object' | 'single' | 'unknown'
  }
}

/** A valid definition, ready to run (NXML specification 7.4). */
export interface CompiledPanel {
  readonly meta: {
    readonly title: string
    readonly id?: string
    readonly version: string
    readonly description?: string
    readonly author?: string
    readonly tags: readonly string[]
    readonly icon?: string
    readonly accent?: string
  }
  readonly states: readonly CompiledState[]
  /** In evaluation order. */
  readonly computed: readonly CompiledComputed[]
  readonly tools: readonly CompiledTool[]
  readonly lifecycles: readonly {
    readonly on: 'mount' | 'unmount'
    readonly handler: CompiledHandler
    readonly loc: Loc
  }[]
  readonly extensions: readonly {
    readonly name: string
    readonly alias: string
    readonly source?: string
    readonly loc: Loc
  }[]
  readonly view: ViewNode | null
  /** List state → member that identifies its items. */
  readonly identityFields: Readonly<Record<string, string>>
}

export type Compilation =
  | { readonly state: 'valid'; readonly panel: CompiledPanel; readonly diagnostics: readonly Diagnostic[] }
  | { readonly state: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
