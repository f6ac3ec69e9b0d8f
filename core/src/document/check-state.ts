import { isJsonObject, type Json } from '../model/json.ts'
import { invalidPatch } from './invalid-patch.ts'
import type { PanelShape, StateDeclaration, StateType } from './shape.ts'

const TYPE_CHECKS: Record<StateType, { readonly expected: string; accepts(value: Json): boolean }> = {
  string: { expected: 'a string', accepts: (value) => typeof value === 'string' },
  number: { expected: 'a finite number', accepts: (value) => Number.isFinite(value) },
  boolean: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  list: { expected: 'a list', accepts: Array.isArray },
  object: { expected: 'an object', accepts: isJsonObject },
  text: { expected: 'a string', accepts: (value) => typeof value === 'string' },
  counter: { expected: 'a whole number within ±(2⁵³−1)', accepts: Number.isSafeInteger },
}

/** @returns Why `name` may not have this value, or `null`. `undefined` stands for "no such member". */
export function memberProblem(shape: PanelShape, name: string, value: Json | undefined): string | null {
  if (shape.kind === 'free-form') return null
  const declaration = shape.states.get(name)
  if (declaration?.scope === 'shared') return declaredProblem(declaration, value)
  if (value === undefined) return null
  return declaration === undefined
    ? `The panel declares no state “${name}”.`
    : `The state “${name}” is local: it exists in clients only.`
}

function declaredProblem({ name, type }: StateDeclaration, value: Json | undefined): string | null {
  if (value === undefined) return `The state “${name}” is declared by the panel and cannot be removed.`
  const { expected, accepts } = TYPE_CHECKS[type]
  return accepts(value) ? null : `The state “${name}” is a ${type}: its value must be ${expected}.`
}

/** @throws `invalid_patch` when `name` may not have this value. Values below the top level are not looked at. */
export function checkMember(shape: PanelShape, name: string, value: Json | undefined): void {
  const problem = memberProblem(shape, name, value)
  if (problem !== null) throw invalidPatch(problem, ['$state', name])
}
