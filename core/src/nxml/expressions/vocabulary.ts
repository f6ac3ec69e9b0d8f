/** Names out of reach for every handler and expression (NXML specification 4.5). */
export const FORBIDDEN_GLOBALS: ReadonlySet<string> = new Set(
  `window document globalThis self frames parent top fetch XMLHttpRequest WebSocket EventSource Worker SharedWorker
   ServiceWorker eval Function importScripts localStorage sessionStorage indexedDB caches cookieStore navigator location
   history alert confirm prompt open close print postMessage addEventListener removeEventListener dispatchEvent setTimeout
   setInterval setImmediate requestAnimationFrame cancelAnimationFrame queueMicrotask crypto performance process require
   module exports global Buffer Deno Bun WebAssembly Proxy Reflect SharedArrayBuffer Atomics`.split(/\s+/),
)

/** Members that lead from data to the engine behind it. */
export const FORBIDDEN_MEMBERS: ReadonlySet<string> = new Set([
  '__proto__',
  'prototype',
  'constructor',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
])

/** Standard names a handler may use (4.5). */
export const HANDLER_GLOBALS: ReadonlySet<string> = new Set(
  `Object Array String Number Boolean Math JSON Date RegExp Map Set Promise Error TypeError RangeError Symbol BigInt
   parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent undefined NaN Infinity`.split(
    /\s+/,
  ),
)

const words = (text: string): readonly string[] => text.split(/\s+/)

/** What an expression may call by a bare name (5.5). */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  words('Number String Boolean parseInt parseFloat isNaN isFinite encodeURIComponent'),
)

export const CALLBACK_FUNCTIONS: ReadonlySet<string> = new Set(['Boolean', 'String', 'Number'])

/** What an expression may call as `Math.abs`. */
export const NAMESPACE_FUNCTIONS: Readonly<Record<string, ReadonlySet<string>>> = {
  Math: new Set(words('abs ceil floor round trunc sign min max pow sqrt cbrt hypot log log2 log10 exp')),
  Number: new Set(words('isFinite isInteger isNaN isSafeInteger parseFloat parseInt')),
  Object: new Set(words('keys values entries fromEntries')),
  Array: new Set(words('isArray of')),
  JSON: new Set(['stringify']),
  Date: new Set(words('UTC parse')),
}

export const NAMESPACE_CONSTANTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Math: { PI: Math.PI, E: Math.E },
  Number: {
    MAX_SAFE_INTEGER: Number.MAX_SAFE_INTEGER,
    MIN_SAFE_INTEGER: Number.MIN_SAFE_INTEGER,
    EPSILON: Number.EPSILON,
  },
}

const STRING_METHODS = words(
  `charAt charCodeAt codePointAt at concat endsWith includes indexOf lastIndexOf localeCompare normalize padEnd padStart
   repeat replace replaceAll slice split startsWith substring toLowerCase toUpperCase trim trimEnd trimStart toString`,
)

const NUMBER_METHODS = words('toFixed toPrecision toString toLocaleString')

const LIST_METHODS = words(
  `at concat every filter find findIndex findLast findLastIndex flat flatMap includes indexOf join lastIndexOf map reduce
   reduceRight reverse slice some sort toReversed toSorted with entries keys values`,
)

/** Methods whose first argument may be a function. */
export const CALLBACK_METHODS: ReadonlySet<string> = new Set(
  words(
    'every filter find findIndex findLast findLastIndex flatMap map reduce reduceRight some sort toSorted',
  ),
)

const DATE_METHODS = words(
  `getTime toISOString toJSON getUTCFullYear getUTCMonth getUTCDate getUTCDay getUTCHours getUTCMinutes getUTCSeconds
   toLocaleString toLocaleDateString toLocaleTimeString toDateString toTimeString getFullYear getMonth getDate getDay
   getHours getMinutes getSeconds getTimezoneOffset`,
)

/** Depend on the viewer's language or time zone, so a computed value may not use them. */
export const VIEW_ONLY_METHODS: ReadonlySet<string> = new Set(
  words(
    `toLocaleString toLocaleDateString toLocaleTimeString toDateString toTimeString getFullYear getMonth getDate getDay
     getHours getMinutes getSeconds getTimezoneOffset`,
  ),
)

export const METHODS: ReadonlySet<string> = new Set([
  ...STRING_METHODS,
  ...NUMBER_METHODS,
  ...LIST_METHODS,
  ...DATE_METHODS,
])

/** Methods that change a list in place; in a handler they count as a write. */
export const MUTATING_METHODS: ReadonlySet<string> = new Set(
  words('push pop shift unshift splice sort reverse fill copyWithin'),
)
