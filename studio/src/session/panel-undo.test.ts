import { panelRoots } from '@nexus/core/document'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createPanelUndo } from './panel-undo.ts'

function setUp() {
  const doc = new Y.Doc()
  const { state } = panelRoots(doc)
  const undo = createPanelUndo(doc)
  const write = (name: string, value: number, origin: unknown): void => {
    doc.transact(() => state.set(name, value), origin)
  }
  return { undo, write, json: () => state.toJSON() }
}

test('[STU64] what was undone can be redone, until something new is done', () => {
  const { undo, write, json } = setUp()
  write('a', 1, 'bind:$state.a')
  undo.undo()
  expect(json()).toEqual({})
  expect([undo.canUndo(), undo.canRedo()]).toEqual([false, true])
  undo.redo()
  expect(json()).toEqual({ a: 1 })
  expect([undo.canUndo(), undo.canRedo()]).toEqual([true, false])
  undo.undo()
  write('b', 2, 'tool:add')
  expect(undo.canRedo()).toBe(false)
})

test('[STU65] undo takes back my own last step and leaves the edits of others', () => {
  const { undo, write, json } = setUp()
  write('mine', 1, 'tool:add')
  write('mine', 2, 'tool:add')
  write('theirs', 9, { name: 'collab' })
  undo.undo()
  expect(json()).toEqual({ mine: 1, theirs: 9 })
  undo.undo()
  expect(json()).toEqual({ theirs: 9 })
  expect(undo.canUndo()).toBe(false)
})
