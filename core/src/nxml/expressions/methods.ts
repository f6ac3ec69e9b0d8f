import { type Budget, EvaluationStopped } from './budget.ts'
import { dateText, joinTexts, toNumber, toText } from './convert.ts'
import { visibleEntries } from './members.ts'

type Callback = (...values: readonly unknown[]) => unknown
type Method<T> = (self: T, args: readonly unknown[], budget: Budget) => unknown

/** Calls a method of a value by the value's own kind; the prototype chain is never asked. */
export const callMethod = (
  self: unknown,
  name: string,
  args: readonly unknown[],
  budget: Budget,
): unknown => {
  budget.spend(1)
  if (typeof self === 'string') return pick(STRING, name, 'a text')(self, args, budget)
  if (typeof self === 'number') return pick(NUMBER, name, 'a number')(self, args, budget)
  if (Array.isArray(self)) {
    budget.spend(self.length)
    return pick(LIST, name, 'a list')(self, args, budget)
  }
  if (self instanceof Date) return pick(DATE, name, 'a date')(self, args, budget)
  if (typeof self === 'boolean' && name === 'toString') return String(self)
  throw new EvaluationStopped(`${describe(self)} has no method ${name}`)
}

const pick = <T>(table: Readonly<Record<string, Method<T>>>, name: string, kind: string): Method<T> => {
  const method = Object.hasOwn(table, name) ? table[name] : undefined
  if (method === undefined) throw new EvaluationStopped(`${kind} has no method ${name}`)
  return method
}

const describe = (value: unknown): string =>
  value === null || value === undefined ? String(value) : typeof value

const callback = (value: unknown): Callback => {
  if (typeof value === 'function') return value as Callback
  throw new EvaluationStopped('this method needs a function')
}

/** A number argument that may be left out. */
const optionalNumber = (value: unknown, budget: Budget): number | undefined =>
  value === undefined ? undefined : toNumber(value, budget)

const built = (text: string, budget: Budget): string => {
  budget.spendString(text.length)
  return text
}

const pad =
  (side: 'padStart' | 'padEnd'): Method<string> =>
  (self, [length, filler], budget) => {
    const target = toNumber(length, budget)
    if (target > self.length) budget.spendString(target)
    return self[side](target, filler === undefined ? undefined : toText(filler, budget))
  }

const replace =
  (all: boolean): Method<string> =>
  (self, [pattern, replacement], budget) => {
    const searched = toText(pattern, budget)
    const inserted = toText(replacement, budget)
    budget.spendSearch(self, searched)
    const places = all ? countPlaces(self, searched) : 1
    // `$&`, "$`" and "$'" insert parts of the text itself.
    const copies = inserted.split('$').length - 1
    budget.spendString(self.length + places * (inserted.length + copies * self.length))
    return all ? self.replaceAll(searched, inserted) : self.replace(searched, inserted)
  }

const countPlaces = (text: string, searched: string): number =>
  searched === '' ? text.length + 1 : text.split(searched).length - 1

/** The same order on every replica, whatever its language settings. */
const ROOT_COLLATION = new Intl.Collator('en')

const textItself: Method<string> = (self) => self

const meet =
  (method: 'endsWith' | 'startsWith'): Method<string> =>
  (self, [text, position], budget) => {
    const other = toText(text, budget)
    budget.spendComparison(self, other)
    return self[method](other, optionalNumber(position, budget))
  }

const search =
  (method: 'includes' | 'indexOf'): Method<string> =>
  (self, [text, from], budget) => {
    const searched = toText(text, budget)
    budget.spendSearch(self, searched)
    return self[method](searched, optionalNumber(from, budget))
  }

const trimmed =
  (method: 'trim' | 'trimEnd' | 'trimStart'): Method<string> =>
  (self, _, budget) => {
    budget.spendReading(self)
    return self[method]()
  }

const STRING: Readonly<Record<string, Method<string>>> = {
  charAt: (self, [index], budget) => self.charAt(toNumber(index ?? 0, budget)),
  charCodeAt: (self, [index], budget) => self.charCodeAt(toNumber(index ?? 0, budget)),
  codePointAt: (self, [index], budget) => self.codePointAt(toNumber(index ?? 0, budget)),
  at: (self, [index], budget) => self.at(toNumber(index ?? 0, budget)),
  concat: (self, args, budget) => joinTexts([self, ...args.map((arg) => toText(arg, budget))], '', budget),
  endsWith: meet('endsWith'),
  includes: search('includes'),
  indexOf: search('indexOf'),
  lastIndexOf: (self, [text, from], budget) => {
    const searched = toText(text, budget)
    budget.spendSearch(self, searched)
    return self.lastIndexOf(searched, from === undefined ? Number.POSITIVE_INFINITY : toNumber(from, budget))
  },
  localeCompare: (self, [other], budget) => {
    const text = toText(other, budget)
    budget.spendMarks(self)
    budget.spendMarks(text)
    return ROOT_COLLATION.compare(self, text)
  },
  normalize: (self, [form], budget) => {
    budget.spendString(self.length)
    budget.spendMarks(self)
    return built(self.normalize(form === undefined ? undefined : toText(form, budget)), budget)
  },
  padEnd: pad('padEnd'),
  padStart: pad('padStart'),
  repeat: (self, [count], budget) => {
    const times = toNumber(count, budget)
    if (times > 0) budget.spendString(self.length * times)
    return self.repeat(times)
  },
  replace: replace(false),
  replaceAll: replace(true),
  slice: (self, [from, to], budget) => self.slice(optionalNumber(from, budget), optionalNumber(to, budget)),
  split: (self, [separator, limit], budget) => {
    if (separator === undefined) return [self]
    const pieces = toText(separator, budget)
    budget.spendSearch(self, pieces)
    budget.spend(countPlaces(self, pieces))
    return self.split(pieces, optionalNumber(limit, budget))
  },
  startsWith: meet('startsWith'),
  substring: (self, [from, to], budget) =>
    self.substring(toNumber(from ?? 0, budget), optionalNumber(to, budget)),
  toLowerCase: (self, _, budget) => built(self.toLowerCase(), budget),
  toUpperCase: (self, _, budget) => built(self.toUpperCase(), budget),
  trim: trimmed('trim'),
  trimEnd: trimmed('trimEnd'),
  trimStart: trimmed('trimStart'),
  toString: textItself,
}

/** Digits in another base than ten can be a thousand, found by long division. */
const RADIX_OPERATIONS = 100
/** Up to a hundred exact decimals. */
const DIGITS_OPERATIONS = 10

const numberText: Method<number> = (self, [radix], budget) => {
  if (radix !== undefined) budget.spend(RADIX_OPERATIONS)
  return self.toString(optionalNumber(radix, budget))
}

const digits =
  (method: 'toFixed' | 'toPrecision'): Method<number> =>
  (self, [count], budget) => {
    budget.spend(DIGITS_OPERATIONS)
    return self[method](optionalNumber(count, budget))
  }

const localNumberText: Method<number> = (self, [locale, options], budget) =>
  built(self.toLocaleString(...localeArguments(locale, options, budget)), budget)

const NUMBER: Readonly<Record<string, Method<number>>> = {
  toFixed: digits('toFixed'),
  toPrecision: digits('toPrecision'),
  toString: numberText,
  toLocaleString: localNumberText,
}

/** Making a formatter costs as much as some hundred operations. */
const FORMATTER_OPERATIONS = 500

type LocaleArguments = [locale?: string | undefined, options?: Record<string, string | number | boolean>]

const localeArguments = (locale: unknown, options: unknown, budget: Budget): LocaleArguments => {
  budget.spend(FORMATTER_OPERATIONS)
  const language = locale === undefined ? undefined : toText(locale, budget)
  const plain: Record<string, string | number | boolean> = {}
  for (const [key, value] of visibleEntries(options, budget)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      plain[key] = value
  }
  return [language, plain]
}

const compareTexts = (left: unknown, right: unknown, budget: Budget): number => {
  const a = toText(left, budget)
  const b = toText(right, budget)
  budget.spendComparison(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

/** `sort` of JavaScript on a copy. */
const sorted: Method<readonly unknown[]> = (self, [compare], budget) => {
  const order = compare === undefined ? null : callback(compare)
  return [...self].sort((a, b) => {
    budget.spend(1)
    return order === null ? compareTexts(a, b, budget) : toNumber(order(a, b), budget)
  })
}

const flatten = (list: readonly unknown[], depth: number, into: unknown[], budget: Budget): unknown[] => {
  for (const item of list) {
    budget.spend(1)
    if (depth >= 1 && Array.isArray(item)) flatten(item, depth - 1, into, budget)
    else into.push(item)
  }
  return into
}

type Reduction = {
  readonly list: readonly unknown[]
  readonly step: Callback
  readonly from: 'start' | 'end'
}

/** `start` holds the first value when there is one. */
const reduce = ({ list, step, from }: Reduction, start: readonly unknown[]): unknown => {
  const order = from === 'start' ? [...list.keys()] : [...list.keys()].reverse()
  const first = start.length > 0 ? undefined : order.shift()
  if (start.length === 0 && first === undefined)
    throw new EvaluationStopped('reduce of an empty list without a start')
  let result = first === undefined ? start[0] : list[first]
  for (const index of order) result = step(result, list[index], index, list)
  return result
}

/** Only texts as long as the one looked for are compared with it. */
const spendSearchInList = (list: readonly unknown[], value: unknown, budget: Budget): void => {
  if (typeof value !== 'string') return
  for (const item of list) {
    if (typeof item === 'string' && item.length === value.length) budget.spendComparison(item, value)
  }
}

const LIST: Readonly<Record<string, Method<readonly unknown[]>>> = {
  at: (self, [index], budget) => self.at(toNumber(index ?? 0, budget)),
  concat: (self, args, budget) => {
    for (const arg of args) budget.spend(Array.isArray(arg) ? arg.length : 1)
    return [...self].concat(...args)
  },
  every: (self, [test]) => self.every(callback(test)),
  filter: (self, [test]) => self.filter(callback(test)),
  find: (self, [test]) => self.find(callback(test)),
  findIndex: (self, [test]) => self.findIndex(callback(test)),
  findLast: (self, [test]) => self.findLast(callback(test)),
  findLastIndex: (self, [test]) => self.findLastIndex(callback(test)),
  flat: (self, [depth], budget) =>
    flatten(self, depth === undefined ? 1 : toNumber(depth, budget), [], budget),
  flatMap: (self, [map], budget) => flatten(self.map(callback(map)), 1, [], budget),
  includes: (self, [value, from], budget) => {
    spendSearchInList(self, value, budget)
    return self.includes(value, optionalNumber(from, budget))
  },
  indexOf: (self, [value, from], budget) => {
    spendSearchInList(self, value, budget)
    return self.indexOf(value, optionalNumber(from, budget))
  },
  join: (self, [separator], budget) =>
    joinTexts(self, separator === undefined ? ',' : toText(separator, budget), budget),
  lastIndexOf: (self, [value, from], budget) => {
    spendSearchInList(self, value, budget)
    return from === undefined ? self.lastIndexOf(value) : self.lastIndexOf(value, toNumber(from, budget))
  },
  map: (self, [map]) => self.map(callback(map)),
  reduce: (list, [step, ...start]) => reduce({ list, step: callback(step), from: 'start' }, start),
  reduceRight: (list, [step, ...start]) => reduce({ list, step: callback(step), from: 'end' }, start),
  reverse: (self) => [...self].reverse(),
  slice: (self, [from, to], budget) => self.slice(optionalNumber(from, budget), optionalNumber(to, budget)),
  some: (self, [test]) => self.some(callback(test)),
  sort: sorted,
  toReversed: (self) => [...self].reverse(),
  toSorted: sorted,
  with: (self, [index, value], budget) => {
    const position = Math.trunc(toNumber(index, budget)) || 0
    const place = position < 0 ? self.length + position : position
    if (place < 0 || place >= self.length) throw new EvaluationStopped('with: there is no such position')
    const copy = [...self]
    copy[place] = value
    return copy
  },
  entries: (self, _, budget) => {
    budget.spend(self.length)
    return self.map((value, index) => [index, value])
  },
  keys: (self) => self.map((_, index) => index),
  values: (self) => [...self],
}

const clock = (read: (date: Date) => unknown): Method<Date> => read

const localeText =
  (method: 'toLocaleString' | 'toLocaleDateString' | 'toLocaleTimeString'): Method<Date> =>
  (self, [locale, options], budget) =>
    built(self[method](...localeArguments(locale, options, budget)), budget)

const DATE: Readonly<Record<string, Method<Date>>> = {
  getTime: clock((date) => date.getTime()),
  toISOString: clock((date) => date.toISOString()),
  toJSON: clock((date) => (Number.isNaN(date.getTime()) ? null : dateText(date))),
  getUTCFullYear: clock((date) => date.getUTCFullYear()),
  getUTCMonth: clock((date) => date.getUTCMonth()),
  getUTCDate: clock((date) => date.getUTCDate()),
  getUTCDay: clock((date) => date.getUTCDay()),
  getUTCHours: clock((date) => date.getUTCHours()),
  getUTCMinutes: clock((date) => date.getUTCMinutes()),
  getUTCSeconds: clock((date) => date.getUTCSeconds()),
  toLocaleString: localeText('toLocaleString'),
  toLocaleDateString: localeText('toLocaleDateString'),
  toLocaleTimeString: localeText('toLocaleTimeString'),
  toDateString: clock((date) => date.toDateString()),
  toTimeString: clock((date) => date.toTimeString()),
  getFullYear: clock((date) => date.getFullYear()),
  getMonth: clock((date) => date.getMonth()),
  getDate: clock((date) => date.getDate()),
  getDay: clock((date) => date.getDay()),
  getHours: clock((date) => date.getHours()),
  getMinutes: clock((date) => date.getMinutes()),
  getSeconds: clock((date) => date.getSeconds()),
  getTimezoneOffset: clock((date) => date.getTimezoneOffset()),
}
