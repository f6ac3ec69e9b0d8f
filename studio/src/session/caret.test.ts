import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { applyEdit, editBetween, fromSharedPosition, moveThrough, toSharedPosition } from './caret.ts'

test('[STU53] typing, deleting and replacing are one edit at the place they happened', () => {
  expect(editBetween('abc', 'abXc', 3)).toEqual({ index: 2, removed: 0, inserted: 'X' })
  expect(editBetween('abXc', 'abc', 2)).toEqual({ index: 2, removed: 1, inserted: '' })
  expect(editBetween('one two', 'one six two', 8)).toEqual({ index: 4, removed: 0, inserted: 'six ' })
  expect(editBetween('abc', 'aZZc', 3)).toEqual({ index: 1, removed: 1, inserted: 'ZZ' })
  expect(editBetween('same', 'same', 2)).toBeNull()
})

test('[STU54] a doubled letter goes where the caret is', () => {
  expect(editBetween('aaa', 'aaaa', 1)).toEqual({ index: 0, removed: 0, inserted: 'a' })
  expect(editBetween('aaa', 'aaaa', 3)).toEqual({ index: 2, removed: 0, inserted: 'a' })
})

test('[STU55] an emoji is never cut in two', () => {
  const edit = editBetween('x😀y', 'x😁y', 3)
  expect(edit).toEqual({ index: 1, removed: 2, inserted: '😁' })
})

test('[STU56] any edit found turns the old text into the new one', () => {
  const texts = ['', 'a', 'ab', 'aba', 'abab', '😀', '😀😁', 'a😀b', 'line\nline', 'xline\n']
  for (const before of texts)
    for (const after of texts)
      for (let caret = 0; caret <= after.length; caret += 1) {
        const edit = editBetween(before, after, caret)
        const made =
          edit === null
            ? before
            : before.slice(0, edit.index) + edit.inserted + before.slice(edit.index + edit.removed)
        expect(made).toBe(after)
      }
})

test('[STU57] a caret moves with what others type and delete before it, and not with what comes behind it', () => {
  expect(moveThrough(5, [{ retain: 2 }, { insert: 'abc' }])).toBe(8)
  expect(moveThrough(5, [{ retain: 5 }, { insert: 'abc' }])).toBe(5)
  expect(moveThrough(5, [{ retain: 9 }, { insert: 'abc' }])).toBe(5)
  expect(moveThrough(5, [{ retain: 1 }, { delete: 2 }])).toBe(3)
  expect(moveThrough(5, [{ retain: 4 }, { delete: 9 }])).toBe(4)
  expect(moveThrough(5, [{ insert: 'xx' }, { retain: 1 }, { delete: 2 }, { insert: 'y' }])).toBe(6)
})

test('[STU58] a shared place is found again after edits of others', () => {
  const doc = new Y.Doc()
  const text = doc.getText('t')
  text.insert(0, 'hello world')
  const place: unknown = JSON.parse(JSON.stringify(toSharedPosition(text, 6)))
  applyEdit(text, { index: 0, removed: 0, inserted: 'oh, ' })
  expect(fromSharedPosition(text, place)).toBe(10)
  for (const nonsense of [null, 'x', { item: { client: 'a' } }, {}])
    expect(() => fromSharedPosition(text, nonsense)).not.toThrow()
})
