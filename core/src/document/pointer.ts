/** One step into a JSON value: the key of an object's member, or the position of a list's item. */
export type Step = string | number

/**
 * Takes a JSON Pointer (RFC 6901) apart: `/a~1b/0` → `['a/b', '0']`, the empty pointer → `[]`.
 *
 * @returns `null` when `pointer` is not one: it does not start with `/`, or has a `~` without `0` or `1` after it.
 */
export function parsePointer(pointer: string): string[] | null {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** `['a/b', 0]` → `/a~1b/0`. */
export const formatPointer = (path: readonly Step[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** @returns The position an array index names, or `null`: digits without leading zeros only, so `-` is none. */
export function parseIndex(token: Step): number | null {
  if (typeof token === 'number') return Number.isSafeInteger(token) && token >= 0 ? token : null
  return /^(0|[1-9]\d{0,14})$/.test(token) ? Number(token) : null
}

/** Whether `path` leads to a place inside what `ancestor` leads to. */
export const isInside = (path: readonly Step[], ancestor: readonly Step[]): boolean =>
  path.length > ancestor.length && ancestor.every((step, position) => String(step) === String(path[position]))
