export { compileSource } from './compile.ts'
export type {
  Compilation,
  CompiledArg,
  CompiledComputed,
  CompiledHandler,
  CompiledPanel,
  CompiledState,
  CompiledTool,
  Diagnostic,
  Expr,
  Loc,
  ViewNode,
  ViewProp,
} from './compiled-panel.ts'
export { COMPONENTS } from './components.ts'
export { formatDiagnostic } from './diagnostics.ts'
export { type EvaluationEnv, evaluateExpression } from './expressions/evaluate.ts'
export { toJsonValue } from './expressions/json-value.ts'
export { PANEL_LIBRARY } from './library/index.ts'
export type { LibraryPanel } from './library/library-panel.ts'
export { compilePanel, modelOf, panelModel } from './panel-model.ts'
export { columnSpans, type GridLayout, type GridPlace } from './rendering/column-spans.ts'
export { evaluateProp, toShownText } from './rendering/evaluate-prop.ts'
export { indexState, resolveBind, type StateIndex, type StatePath } from './rendering/state-index.ts'
export { resolveTriggerArgs } from './rendering/trigger-args.ts'
