/**
 * Which edits of one document have been handed to the log and are not committed yet, and who waits to hear of it.
 *
 * Edits may be settled in any order; a waiter is released when every edit handed over before it asked is saved.
 */
export interface UnsavedEdits {
  readonly count: number
  /** @returns The edit's number, for {@link UnsavedEdits.settle}. */
  begin(): number
  settle(edit: number): void
  /** Calls `release` once everything handed over so far is saved; at once when it is already. */
  whenSaved(release: () => void): void
  /** The edits can never be saved: forgets them, and everybody who waits, without a word. */
  abandon(): void
}

export function createUnsavedEdits(onAllSaved: () => void): UnsavedEdits {
  let lastEdit = 0
  let isAbandoned = false
  // Both ascending: sets keep the order of insertion.
  const unsaved = new Set<number>()
  const waiting = new Set<{ readonly lastEdit: number; readonly release: () => void }>()

  const releaseSaved = (): void => {
    const [firstUnsaved = Number.POSITIVE_INFINITY] = unsaved
    for (const waiter of waiting) {
      if (waiter.lastEdit >= firstUnsaved) return
      waiting.delete(waiter)
      waiter.release()
    }
  }

  return {
    get count() {
      return unsaved.size
    },
    begin: () => {
      lastEdit += 1
      unsaved.add(lastEdit)
      return lastEdit
    },
    settle: (edit) => {
      if (!unsaved.delete(edit)) return
      releaseSaved()
      if (unsaved.size === 0) onAllSaved()
    },
    whenSaved: (release) => {
      if (isAbandoned) return
      if (unsaved.size === 0) release()
      else waiting.add({ lastEdit, release })
    },
    abandon: () => {
      isAbandoned = true
      unsaved.clear()
      waiting.clear()
    },
  }
}
