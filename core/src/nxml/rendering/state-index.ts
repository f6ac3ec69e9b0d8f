import type { ViewProp } from '../compiled-panel.ts'

/** Steps from a state's name down, such as `['tasks', 2, 'title']`. */
export type StatePath = readonly [string, ...(string | number)[]]

/** Where the objects and lists of one reading of the state stand. */
export interface StateIndex {
  /** The path of this very object; null for one that is not in it, such as an item made by `map`. */
  pathOf(value: object): StatePath | null
}

/**
 * Remembers the place of every object of a panel's state. Expressions hand on the objects of the state themselves,
 * so the item of a filtered and sorted loop still leads back to its place.
 *
 * @param state - Plain JSON, best frozen: the places are those at the time of the call.
 */
export const indexState = (state: Readonly<Record<string, unknown>>): StateIndex => {
  const parents = new WeakMap<object, { readonly parent: object; readonly step: string | number }>()
  const waiting: object[] = [state]
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    const isList = Array.isArray(parent)
    for (const [key, value] of Object.entries(parent)) {
      if (typeof value !== 'object' || value === null || parents.has(value)) continue
      parents.set(value, { parent, step: isList ? Number(key) : key })
      waiting.push(value)
    }
  }
  return {
    pathOf(value) {
      const steps: (string | number)[] = []
      for (let at = parents.get(value); at !== undefined; at = parents.get(at.parent)) steps.unshift(at.step)
      const [name, ...rest] = steps
      return typeof name === 'string' ? [name, ...rest] : null
    },
  }
}

/**
 * Where a `bind` reads and writes (NXML specification 5.7).
 *
 * @param scope - Loop variables of the row, with the items as the expressions gave them.
 * @returns null when the loop item is not in the state: the input is then shown disabled.
 */
export const resolveBind = (
  bind: Extract<ViewProp, { kind: 'path' }>,
  scope: Readonly<Record<string, unknown>>,
  index: StateIndex,
): StatePath | null => {
  const [first, ...rest] = bind.steps
  if (typeof first !== 'string') return null
  if (bind.root === '$state') return [first, ...rest]
  const item = Object.hasOwn(scope, first) ? scope[first] : undefined
  if (typeof item !== 'object' || item === null || rest.length === 0) return null
  const [name, ...steps] = index.pathOf(item) ?? []
  return name === undefined ? null : [name, ...steps, ...rest]
}
