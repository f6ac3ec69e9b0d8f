import { type Budget, EvaluationStopped } from './budget.ts'

/** Text as `String(value)`, `+` and template strings make it. Dates are ISO, so that replicas agree. */
export const toText = (value: unknown, budget: Budget): string => {
  if (typeof value === 'string') return value
  const text = textOf(value, budget)
  budget.spendString(text.length)
  return text
}

const textOf = (value: unknown, budget: Budget): string => {
  if (value instanceof Date) return dateText(value)
  if (Array.isArray(value)) return joinTexts(value, ',', budget)
  if (typeof value === 'function') throw new EvaluationStopped('a function cannot be used as a value')
  if (typeof value === 'object' && value !== null) return '[object Object]'
  return String(value)
}

/** An ISO time, or `Invalid Date`. */
export const dateText = (date: Date): string =>
  Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString()

/** `list.join(separator)`; `null` and `undefined` become empty. */
export const joinTexts = (list: readonly unknown[], separator: string, budget: Budget): string => {
  let text = ''
  for (const [index, item] of list.entries()) {
    budget.spend(1)
    const part = item === null || item === undefined ? '' : toText(item, budget)
    const added = index === 0 ? part : separator + part
    budget.spendString(added.length)
    if (text.length + added.length > 1_048_576) budget.spendString(Number.POSITIVE_INFINITY)
    text += added
  }
  return text
}

/** Like JavaScript's, but without ever calling a method of the value. */
export const toPrimitive = (
  value: unknown,
  budget: Budget,
  prefer: 'number' | 'text',
): string | number | boolean | null | undefined => {
  if (value instanceof Date) return prefer === 'number' ? value.getTime() : dateText(value)
  if (typeof value === 'object' && value !== null) return toText(value, budget)
  if (typeof value === 'function') throw new EvaluationStopped('a function cannot be used as a value')
  return value as string | number | boolean | null | undefined
}

export const toNumber = (value: unknown, budget: Budget): number => {
  const primitive = toPrimitive(value, budget, 'number')
  if (typeof primitive === 'string') budget.spendReading(primitive)
  return Number(primitive)
}

/** `==` of JavaScript. */
export const looseEquals = (left: unknown, right: unknown, budget: Budget): boolean => {
  const bothObjects = isObject(left) && isObject(right)
  if (bothObjects || (!isObject(left) && !isObject(right))) return primitivesLooselyEqual(left, right, budget)
  if (left === null || left === undefined || right === null || right === undefined) return false
  return primitivesLooselyEqual(toPrimitive(left, budget, 'text'), toPrimitive(right, budget, 'text'), budget)
}

const primitivesLooselyEqual = (left: unknown, right: unknown, budget: Budget): boolean => {
  budget.spendComparison(left, right)
  // A text beside a number is read as one.
  for (const value of [left, right]) {
    if (typeof value === 'string' && typeof left !== typeof right) budget.spendReading(value)
  }
  // biome-ignore lint/suspicious/noDoubleEquals: this is the language's own `==`, on values without methods.
  return left == right
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** JSON as `JSON.stringify` writes it; `undefined` when there is none. Paid for before it is built. */
export const toJsonText = (value: unknown, indent: number, budget: Budget): string | undefined => {
  budget.spendString(jsonLength(value, indent, 0, budget))
  return JSON.stringify(value, null, indent)
}

/** An upper bound, good enough to refuse a bomb before it goes off. */
const jsonLength = (value: unknown, indent: number, depth: number, budget: Budget): number => {
  budget.spend(1)
  if (typeof value === 'function') throw new EvaluationStopped('a function cannot be used as a value')
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null || value instanceof Date) return 26
  let length = 2
  const perMember = 2 + indent * (depth + 1)
  for (const [key, member] of Object.entries(value)) {
    length += perMember + (Array.isArray(value) ? 0 : key.length + 4)
    length += jsonLength(member, indent, depth + 1, budget)
    if (length > 1_048_576) budget.spendString(length)
  }
  return length
}

/** Time in ms of a text; without a time zone it is read as UTC, so that replicas agree. */
export const parseDateText = (text: string, budget: Budget): number => {
  budget.spendReading(text)
  const trimmed = text.trim()
  if (/^[+-]?\d{4,6}(-\d{2}){0,2}$/.test(trimmed)) return Date.parse(trimmed)
  if (/(?:Z|[+-]\d{2}:?\d{2}|GMT|UTC)(?:\s*\([^)]*\))?$/i.test(trimmed)) return Date.parse(trimmed)
  const isIso = /^[+-]?\d{4,6}-\d{2}-\d{2}T[\d:.]+$/.test(trimmed)
  return Date.parse(isIso ? `${trimmed}Z` : `${trimmed} UTC`)
}
