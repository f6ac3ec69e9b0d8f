/** Names of states, computed values, tools, arguments, aliases and loop variables (NXML specification 2.4). */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

const RESERVED = new Set([
  '__proto__',
  'prototype',
  'constructor',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'toJSON',
  'then',
])

export const isIdentifier = (name: string): boolean => IDENTIFIER.test(name) && !RESERVED.has(name)

export const isViewId = (id: string): boolean => /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(id)

export const isSlug = (id: string): boolean => /^[a-z][a-z0-9-]{0,63}$/.test(id)

export const isExtensionName = (name: string): boolean =>
  name.length <= 128 && /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*$/.test(name)

/** `did you mean "addTask"?` for the nearest name at most two edits away, or nothing. */
export const suggest = (name: string, known: Iterable<string>): string | undefined => {
  const nearest = nearestName(name, known)
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`
}

export const nearestName = (name: string, known: Iterable<string>): string | undefined => {
  let best: string | undefined
  let bestDistance = Math.min(3, name.length)
  for (const candidate of known) {
    const distance = editDistance(name, candidate, bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Insertions, deletions and replacements from `a` to `b`; gives up, with `limit`, when there are that many. */
const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced))
    }
    row = next
  }
  return Math.min(limit, row[b.length] ?? limit)
}
