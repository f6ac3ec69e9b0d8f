import { type Budget, EvaluationStopped } from './budget.ts'
import { FORBIDDEN_MEMBERS } from './vocabulary.ts'

/** The members an expression can see: own ones, without the names that lead to the engine. */
export const visibleEntries = (value: unknown, budget: Budget): [string, unknown][] => {
  if (typeof value === 'string') {
    budget.spend(value.length)
    return visibleEntries([...value], budget)
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return []
  const entries = Object.entries(value)
  budget.spend(entries.length)
  return entries.filter(([key]) => !FORBIDDEN_MEMBERS.has(key))
}

/** @throws {EvaluationStopped} for a name that would reach the prototype. */
export const setMember = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (FORBIDDEN_MEMBERS.has(key)) throw new EvaluationStopped(`${key} is not accessible`)
  target[key] = value
}
