import type { DocumentName } from '@nexus/core'

/** What the clients know, outside the product: which keys they wrote, and which of them were acknowledged. */
export class Ledger {
  readonly #written = new Map<DocumentName, Set<string>>()
  readonly #acknowledged = new Map<DocumentName, Set<string>>()

  wrote(document: DocumentName, key: string): void {
    setOf(this.#written, document).add(key)
  }

  acknowledged(document: DocumentName, key: string): void {
    setOf(this.#acknowledged, document).add(key)
  }

  get documents(): readonly DocumentName[] {
    return [...this.#written.keys()]
  }

  acknowledgedIn(document: DocumentName): ReadonlySet<string> {
    return setOf(this.#acknowledged, document)
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.values().reduce((sum, keys) => sum + keys.size, 0)
  }

  /** What is wrong with the keys found somewhere: acknowledged and not there, there twice, or written by nobody. */
  faultsOf(document: DocumentName, found: readonly unknown[]): Faults {
    const counts = new Map<unknown, number>()
    for (const key of found) counts.set(key, (counts.get(key) ?? 0) + 1)
    const written = setOf(this.#written, document)
    return {
      lost: [...this.acknowledgedIn(document)].filter((key) => !counts.has(key)),
      doubled: [...counts].filter(([, count]) => count > 1).map(([key]) => String(key)),
      unknown: [...counts.keys()].filter((key) => !written.has(String(key))).map(String),
    }
  }
}

export interface Faults {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly unknown: readonly string[]
}

export const hasFaults = ({ lost, doubled, unknown }: Faults): boolean =>
  lost.length + doubled.length + unknown.length > 0

function setOf(sets: Map<DocumentName, Set<string>>, document: DocumentName): Set<string> {
  const set = sets.get(document) ?? new Set()
  sets.set(document, set)
  return set
}
