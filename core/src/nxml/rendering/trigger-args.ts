import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts'
import type { CompiledTool, ViewNode } from '../compiled-panel.ts'
import { type EvaluationEnv, evaluateExpression } from '../expressions/evaluate.ts'
import { toJsonValue } from '../expressions/json-value.ts'

/**
 * The named arguments of a call at the moment a component fires (NXML specification 5.6): a list gives them in order,
 * an object by name, any other value is the only one. What the tool does not declare is left out.
 *
 * @param newValue - The new value of an Input or Switch; it goes to an argument called `value` that is not given.
 */
export const resolveTriggerArgs = (
  trigger: NonNullable<ViewNode['trigger']>,
  tool: Pick<CompiledTool, 'args'>,
  { env, newValue }: { env: EvaluationEnv; newValue?: Json },
): JsonObject => {
  const given = trigger.args === undefined ? undefined : toJsonValue(evaluateExpression(trigger.args, env))
  const named = nameArguments(given, trigger.argsShape, tool)
  if (newValue !== undefined && named.value === undefined) named.value = newValue
  const declared = tool.args.flatMap(({ name }): [string, Json][] => {
    const value = named[name]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(declared)
}

const nameArguments = (
  given: Json | undefined,
  shape: NonNullable<ViewNode['trigger']>['argsShape'],
  { args }: Pick<CompiledTool, 'args'>,
): JsonObject => {
  if (given === undefined) return {}
  const first = args[0]?.name
  if (shape !== 'single' && Array.isArray(given)) {
    return Object.fromEntries(
      args.slice(0, given.length).map(({ name }, index) => [name, given[index] ?? null]),
    )
  }
  if (shape !== 'single' && isJsonObject(given)) return { ...given }
  return first === undefined ? {} : { [first]: given }
}
