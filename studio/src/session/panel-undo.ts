import { panelRoots } from '@nexus/core/document'
import * as Y from 'yjs'

/** Undo of one person's own tool runs and inputs in one panel. Other people's later edits stay. */
export interface PanelUndo {
  undo(): void
  redo(): void
  canUndo(): boolean
  canRedo(): boolean
  subscribe(listener: () => void): () => void
  close(): void
}

const OWN_ORIGIN = /^(tool|bind):/

/** Typing within this time is one step, ms. */
const ONE_STEP_MS = 500

export function createPanelUndo(doc: Y.Doc): PanelUndo {
  const manager: Y.UndoManager = new Y.UndoManager(panelRoots(doc).state, {
    trackedOrigins: new Set([String]),
    // What the manager itself takes back has to be captured too, or there is nothing to redo.
    captureTransaction: ({ origin }) =>
      origin === manager || (typeof origin === 'string' && OWN_ORIGIN.test(origin)),
    captureTimeout: ONE_STEP_MS,
  })
  const listeners = new Set<() => void>()
  let lastOrigin: unknown = null

  // A tool run is a step of its own, and so is typing in another field.
  const separateSteps = ({ origin }: Y.Transaction): void => {
    if (typeof origin !== 'string' || !OWN_ORIGIN.test(origin)) return
    if (origin !== lastOrigin || origin.startsWith('tool:')) manager.stopCapturing()
    lastOrigin = origin
  }
  const notify = (): void => {
    for (const listener of [...listeners]) listener()
  }
  doc.on('beforeTransaction', separateSteps)
  manager.on('stack-item-added', notify)
  manager.on('stack-item-popped', notify)
  manager.on('stack-cleared', notify)

  return {
    undo: () => void manager.undo(),
    redo: () => void manager.redo(),
    canUndo: () => manager.undoStack.length > 0,
    canRedo: () => manager.redoStack.length > 0,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      doc.off('beforeTransaction', separateSteps)
      listeners.clear()
      manager.destroy()
    },
  }
}
