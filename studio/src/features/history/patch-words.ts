import type { JsonObject } from '@nexus/core'

/** One operation of a patch, as people read it. */
export interface ChangeWords {
  /** `tasks › 2 › title` */
  readonly place: string
  readonly verb: string
  /** What is there now, as JSON; `null`: nothing is. */
  readonly value: string | null
}

const VERBS: Readonly<Record<string, string>> = {
  add: 'added',
  remove: 'removed',
  replace: 'changed',
  move: 'moved',
  copy: 'copied',
}
/** Of a value; more fills the page and says little. */
const MAX_CHARS = 200

export function changeWords(operation: JsonObject): ChangeWords {
  const { op, path, value } = operation
  const text = value === undefined ? null : JSON.stringify(value)
  return {
    place: placeOf(typeof path === 'string' ? path : ''),
    verb: VERBS[typeof op === 'string' ? op : ''] ?? 'changed',
    value: text !== null && text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text,
  }
}

/** Steps of a JSON Pointer; `$state` says nothing to people, lists count from one. */
function placeOf(path: string): string {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? String(Number(step) + 1) : step))
  const told = steps[0] === '$state' ? steps.slice(1) : steps
  return told.length === 0 ? 'everything' : told.join(' › ')
}

/** What a version did, in a line. */
export function summaryOf(patch: readonly JsonObject[]): string {
  const [first] = patch
  if (first === undefined) return 'Nothing one can see'
  const { place, verb } = changeWords(first)
  const more = patch.length - 1
  return more === 0
    ? `${place} ${verb}`
    : `${place} ${verb}, ${more} more ${more === 1 ? 'change' : 'changes'}`
}
