import type { UpdateDraft, Version } from '@nexus/core'
import * as Y from 'yjs'
import { hasMember } from './edits.ts'

/** What one document's log says, kept up to date with every commit. */
export class LogReplay {
  readonly doc = new Y.Doc()
  /** Versions that changed nothing. */
  readonly emptyVersions: number[] = []
  /** Versions that build on something that is not in the log before them. */
  readonly incompleteVersions: number[] = []
  #hasChanged = false

  constructor() {
    this.doc.on('update', () => {
      this.#hasChanged = true
    })
  }

  add(fromVersion: Version, updates: readonly UpdateDraft[]): void {
    for (const [index, { update }] of updates.entries()) {
      this.#hasChanged = false
      Y.applyUpdate(this.doc, update)
      if (!this.#hasChanged) this.emptyVersions.push(fromVersion + index)
      const { pendingStructs, pendingDs } = this.doc.store
      if (pendingStructs !== null || pendingDs !== null) this.incompleteVersions.push(fromVersion + index)
    }
  }

  has(key: string): boolean {
    return hasMember(this.doc, key)
  }
}
