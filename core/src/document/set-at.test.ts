import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Step } from './pointer.ts'
import { readState } from './read-state.ts'
import { bytesOf, newPanel, replicaOf, sync, TODO_SHAPE, todoState, updatesOf } from './sample-panels.ts'
import { setAt, textAt } from './set-at.ts'
import { FREE_FORM } from './shape.ts'

describe('setAt', () => {
  test.each<[Step[], unknown]>([
    [['title'], 'New'],
    [['points'], 2.5],
    [['open'], false],
    [['tasks', 2, 'done'], true],
    [['tasks', 0, 'new'], [1]],
    [['tasks', 0], 'replaced'],
    [['settings', 'columns', 1], 'c'],
    [['settings', 'new'], { a: 1 }],
    [['notes'], 'Remember all the\nreceipts'],
    [['finished'], 9],
  ])('[DOC90] sets %j by one update, and nothing when it is so already', (path, value) => {
    const doc = newPanel()
    expect(
      updatesOf(doc, () => expect(setAt(doc, TODO_SHAPE, path, value, 'bind:x')).toBe(true)),
    ).toHaveLength(1)
    expect(path.reduce<unknown>((at, step) => (at as Record<Step, unknown>)[step], todoState(doc))).toEqual(
      value,
    )
    expect(updatesOf(doc, () => expect(setAt(doc, TODO_SHAPE, path, value)).toBe(false))).toEqual([])
  })

  test.each<[Step[], unknown]>([
    [[], 1],
    [[0], 1],
    [['unknown'], 1],
    [['draft'], 'x'],
    [['title'], 1],
    [['title', 'x'], 1],
    [['notes', 0], 'x'],
    [['finished', 0], 1],
    [['tasks', 3], 1],
    [['tasks', -1], 1],
    [['tasks', 0.5], 1],
    [['tasks', 9, 'done'], true],
    [['tasks', 'length'], 0],
    [['tasks', '0', 'done'], true],
    [['settings', 'missing', 'x'], 1],
    [['settings', 'constructor', 'x'], 1],
    [['points'], Number.NaN],
    [['unknown', 'x'], 1],
  ])('[DOC91] refuses %j = %j, nothing changed', (path, value) => {
    const doc = newPanel()
    const before = bytesOf(doc)
    expect(() => setAt(doc, TODO_SHAPE, path, value)).toThrow(
      expect.objectContaining({ code: 'invalid_patch' }),
    )
    expect(bytesOf(doc)).toEqual(before)
  })

  test('[DOC90] a state that is missing or wrong in the document is opened first', () => {
    const doc = new Y.Doc()
    doc.getMap('state').set('tasks', 5)
    setAt(doc, TODO_SHAPE, ['tasks', 1, 'done'], false)
    setAt(doc, TODO_SHAPE, ['settings', 'theme'], 'dark')
    setAt(doc, TODO_SHAPE, ['finished'], 4)
    expect(todoState(doc)).toMatchObject({ settings: { theme: 'dark', columns: ['a', 'b'] }, finished: 4 })
    expect(todoState(doc).tasks.map(({ done }) => done)).toEqual([false, false, false])
  })

  test('[DOC90] a free-form panel takes any key at the top', () => {
    const doc = new Y.Doc()
    setAt(doc, FREE_FORM, ['any'], { a: [1] })
    setAt(doc, FREE_FORM, ['any', 'a', 0], 2)
    expect(readState(doc, FREE_FORM)).toEqual({ any: { a: [2] } })
    expect(() => setAt(doc, FREE_FORM, ['none', 'x'], 1)).toThrow()
  })

  test('[DOC90] two people who switch members of one item both succeed', () => {
    const a = newPanel()
    const b = replicaOf(a)
    setAt(a, TODO_SHAPE, ['tasks', 0, 'done'], true)
    setAt(b, TODO_SHAPE, ['tasks', 0, 'title'], 'x')
    sync(a, b)
    expect(todoState(a).tasks[0]).toEqual({ id: 't1', title: 'x', done: true })
  })
})

test('[DOC92] textAt gives the text to be edited live, or null', () => {
  const doc = newPanel()
  textAt(doc, 'notes')?.insert(0, '! ')
  expect(todoState(doc).notes).toBe('! Remember the\nreceipts')
  expect(textAt(doc, 'title')).toBeNull()
  expect(textAt(doc, 'none')).toBeNull()
})
