import { IndexeddbPersistence } from 'y-indexeddb'
import type * as Y from 'yjs'

/** What this browser keeps of one document, so that edits survive a reload without a network. */
export interface OfflineCopy {
  /** The kept edits are in the document. Also when nothing can be kept (private windows): `isKept` is false then. */
  readonly loaded: Promise<{ readonly isKept: boolean }>
  close(): void
}

/** The stores of one person; a second person on the same computer never sees them. */
const prefixOf = (userId: string): string => `nexus:${userId}:`

/** Longer than any healthy disk takes, ms; a blocked database must not keep a panel from opening. */
const GIVE_UP_AFTER_MS = 4_000

/** Loads what is kept of `documentName` into `doc` and writes down every later edit. */
export function openOfflineCopy(
  doc: Y.Doc,
  { userId, documentName }: { userId: string; documentName: string },
): OfflineCopy {
  if (typeof indexedDB === 'undefined') return { loaded: Promise.resolve({ isKept: false }), close: () => {} }
  const store = new IndexeddbPersistence(`${prefixOf(userId)}${documentName}`, doc)
  const loaded = new Promise<{ isKept: boolean }>((resolve) => {
    const timer = setTimeout(() => resolve({ isKept: false }), GIVE_UP_AFTER_MS)
    void store.whenSynced.then(() => {
      clearTimeout(timer)
      resolve({ isKept: true })
    })
  })
  return { loaded, close: () => void store.destroy() }
}

/** Removes everything this browser keeps for `userId`. Stores that are still open go when they are closed. */
export async function clearOfflineCopies(userId: string): Promise<void> {
  localStorage.removeItem(unsavedKey(userId))
  if (typeof indexedDB === 'undefined' || indexedDB.databases === undefined) return
  for (const { name } of await indexedDB.databases())
    if (name?.startsWith(prefixOf(userId)) === true) indexedDB.deleteDatabase(name)
}

const unsavedKey = (userId: string): string => `nexus:unsaved:${userId}`

/** Names of documents with edits that only this browser has; they are sent when their workspace is opened next. */
export interface UnsavedDocuments {
  list(): readonly string[]
  mark(documentName: string, isUnsaved: boolean): void
}

export function createUnsavedDocuments(
  userId: string,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
): UnsavedDocuments {
  const read = (): string[] => {
    try {
      const value: unknown = JSON.parse(storage.getItem(unsavedKey(userId)) ?? '[]')
      return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
    } catch {
      return []
    }
  }
  return {
    list: read,
    mark: (documentName, isUnsaved) => {
      const names = read()
      if (names.includes(documentName) === isUnsaved) return
      const next = isUnsaved ? [...names, documentName] : names.filter((name) => name !== documentName)
      try {
        storage.setItem(unsavedKey(userId), JSON.stringify(next))
      } catch {
        // Full storage: the edits are in IndexedDB all the same and go out when the panel is opened.
      }
    },
  }
}
