import type { ViewProp } from '../compiled-panel.ts'
import { type EvaluationEnv, evaluateExpression } from '../expressions/evaluate.ts'
import { toJsonValue } from '../expressions/json-value.ts'

/**
 * What a component receives for a prop: a literal as it is, one `{expression}` with its type, mixed text joined.
 * A `bind` path has no value here; see `resolveBind`.
 */
export const evaluateProp = (prop: ViewProp, env: EvaluationEnv): unknown => {
  switch (prop.kind) {
    case 'literal':
      return prop.value
    case 'binding':
      return evaluateExpression(prop.expr, env)
    case 'template':
      return prop.parts
        .map((part) => (typeof part === 'string' ? part : toShownText(evaluateExpression(part, env))))
        .join('')
    case 'path':
      return undefined
  }
}

/** A value as text on the screen (NXML specification 5.2): nothing for `null`, JSON for lists and objects. */
export const toShownText = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (typeof value !== 'object') return String(value)
  const json = toJsonValue(value)
  return json === undefined ? '' : JSON.stringify(json)
}
