/**
 * `next` with every part that equals the same part of `previous` replaced by it, so that what did not change keeps its
 * identity and need not be drawn again. Lists of objects with an `id` are compared by it, so that inserting one row
 * does not redraw the others.
 *
 * @param isTaken - Parts of `next` that stay as they are, because they have their identity from somewhere else.
 */
export function shareStructure(previous: unknown, next: unknown, isTaken: IsTaken = never): unknown {
  if (Object.is(previous, next)) return previous
  if (typeof next === 'object' && next !== null && isTaken(next)) return next
  if (Array.isArray(previous) && Array.isArray(next)) return shareItems(previous, next, isTaken)
  if (isObject(previous) && isObject(next)) return shareMembers(previous, next, isTaken)
  return next
}

type IsTaken = (part: object) => boolean

const never: IsTaken = () => false

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const idOf = (item: unknown): unknown => (isObject(item) ? item.id : undefined)

function shareItems(
  previous: readonly unknown[],
  next: readonly unknown[],
  isTaken: IsTaken,
): readonly unknown[] {
  const byId = new Map(previous.map((item) => [idOf(item), item]))
  byId.delete(undefined)
  // One old item stands for one new one: two places must never hold the same object.
  const used = new Set<unknown>()
  const shared = next.map((item, index) => {
    const candidate = byId.get(idOf(item)) ?? (byId.size === 0 ? previous[index] : undefined)
    if (!isObject(candidate) && !Array.isArray(candidate)) return item
    if (used.has(candidate)) return item
    used.add(candidate)
    return shareStructure(candidate, item, isTaken)
  })
  const isSame =
    shared.length === previous.length && shared.every((item, index) => Object.is(item, previous[index]))
  return isSame ? previous : shared
}

function shareMembers(
  previous: Record<string, unknown>,
  next: Record<string, unknown>,
  isTaken: IsTaken,
): Record<string, unknown> {
  const keys = Object.keys(next)
  const shared: Record<string, unknown> = {}
  let isSame = keys.length === Object.keys(previous).length
  for (const key of keys) {
    const value = Object.hasOwn(previous, key) ? shareStructure(previous[key], next[key], isTaken) : next[key]
    isSame &&= Object.hasOwn(previous, key) && Object.is(value, previous[key])
    Object.defineProperty(shared, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return isSame ? previous : shared
}
