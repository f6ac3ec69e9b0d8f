import { type Budget, EvaluationStopped } from './budget.ts'
import { parseDateText, toJsonText, toNumber, toPrimitive, toText } from './convert.ts'
import { setMember, visibleEntries } from './members.ts'

type Fn = (args: readonly unknown[], budget: Budget) => unknown

/** Calls one of the global functions of section 5.5, such as `Number` or `Math.max`. */
export const callFunction = (name: string, args: readonly unknown[], budget: Budget): unknown => {
  budget.spend(1)
  const fn = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (fn === undefined) throw new EvaluationStopped(`there is no function ${name}`)
  return fn(args, budget)
}

const fromEntries: Fn = ([list], budget) => {
  if (!Array.isArray(list)) throw new EvaluationStopped('Object.fromEntries needs a list of pairs')
  budget.spend(list.length)
  const made: Record<string, unknown> = {}
  for (const pair of list) {
    if (!Array.isArray(pair)) throw new EvaluationStopped('Object.fromEntries needs a list of pairs')
    setMember(made, toText(pair[0], budget), pair[1])
  }
  return made
}

const numeric =
  (fn: (...values: number[]) => number): Fn =>
  (args, budget) =>
    fn(...args.map((arg) => toNumber(arg, budget)))

const toNumberFunction: Fn = (args, budget) => (args.length === 0 ? 0 : toNumber(args[0], budget))
const readText = (value: unknown, budget: Budget): string => {
  const text = toText(value, budget)
  budget.spendReading(text)
  return text
}
const parseFloatFunction: Fn = ([value], budget) => Number.parseFloat(readText(value, budget))
const parseIntFunction: Fn = ([value, radix], budget) =>
  Number.parseInt(readText(value, budget), radix === undefined ? undefined : toNumber(radix, budget))

const encode: Fn = ([value], budget) => {
  const text = toText(value, budget)
  budget.spendString(text.length * 3)
  return encodeURIComponent(text)
}

const FUNCTIONS: Readonly<Record<string, Fn>> = {
  Number: toNumberFunction,
  String: (args, budget) => (args.length === 0 ? '' : toText(args[0], budget)),
  Boolean: ([value]) => Boolean(value),
  parseInt: parseIntFunction,
  parseFloat: parseFloatFunction,
  isNaN: ([value], budget) => Number.isNaN(toNumber(value, budget)),
  isFinite: ([value], budget) => Number.isFinite(toNumber(value, budget)),
  encodeURIComponent: encode,
  'Math.abs': numeric(Math.abs),
  'Math.ceil': numeric(Math.ceil),
  'Math.floor': numeric(Math.floor),
  'Math.round': numeric(Math.round),
  'Math.trunc': numeric(Math.trunc),
  'Math.sign': numeric(Math.sign),
  'Math.min': numeric(Math.min),
  'Math.max': numeric(Math.max),
  'Math.pow': numeric(Math.pow),
  'Math.sqrt': numeric(Math.sqrt),
  'Math.cbrt': numeric(Math.cbrt),
  'Math.hypot': numeric(Math.hypot),
  'Math.log': numeric(Math.log),
  'Math.log2': numeric(Math.log2),
  'Math.log10': numeric(Math.log10),
  'Math.exp': numeric(Math.exp),
  'Number.isFinite': ([value]) => Number.isFinite(value),
  'Number.isInteger': ([value]) => Number.isInteger(value),
  'Number.isNaN': ([value]) => Number.isNaN(value),
  'Number.isSafeInteger': ([value]) => Number.isSafeInteger(value),
  'Number.parseFloat': parseFloatFunction,
  'Number.parseInt': parseIntFunction,
  'Object.keys': ([value], budget) => visibleEntries(value, budget).map(([key]) => key),
  'Object.values': ([value], budget) => visibleEntries(value, budget).map(([, member]) => member),
  'Object.entries': ([value], budget) => visibleEntries(value, budget),
  'Object.fromEntries': fromEntries,
  'Array.isArray': ([value]) => Array.isArray(value),
  'Array.of': (args) => [...args],
  'JSON.stringify': ([value, , indent], budget) =>
    toJsonText(value, Math.min(10, Math.max(0, Math.trunc(toNumber(indent ?? 0, budget)) || 0)), budget),
  'Date.UTC': (args, budget) => {
    const [year = Number.NaN, ...rest] = args.map((arg) => toNumber(arg, budget))
    return Date.UTC(year, ...(rest as [number?, number?]))
  },
  'Date.parse': ([text], budget) => parseDateText(toText(text, budget), budget),
}

/** `new Date(value)`. */
export const makeDate = (value: unknown, budget: Budget): Date => {
  if (value instanceof Date) return new Date(value.getTime())
  const primitive = toPrimitive(value, budget, 'text')
  return new Date(typeof primitive === 'string' ? parseDateText(primitive, budget) : Number(primitive))
}
