import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { joinSharedText } from './shared-text.ts'

/** As much of a text area as the join uses. */
function simulatedField() {
  const ownerDocument: { activeElement: unknown } = { activeElement: null }
  const field = {
    value: '',
    selectionStart: 0,
    selectionEnd: 0,
    selectionDirection: 'none' as const,
    scrollTop: 0,
    ownerDocument,
    setSelectionRange(start: number, end: number) {
      field.selectionStart = start
      field.selectionEnd = end
    },
    type(index: number, inserted: string, removed = 0) {
      field.value = field.value.slice(0, index) + inserted + field.value.slice(index + removed)
      field.setSelectionRange(index + inserted.length, index + inserted.length)
    },
  }
  ownerDocument.activeElement = field
  return field
}

function setUp(content: string) {
  const doc = new Y.Doc()
  const text = doc.getText('t')
  text.insert(0, content)
  const field = simulatedField()
  const origins: unknown[] = []
  doc.on('update', (_update, origin) => origins.push(origin))
  const joined = joinSharedText({
    text,
    field: field as unknown as HTMLTextAreaElement,
    origin: 'bind:$state.t',
  })
  const others = (change: (text: Y.Text) => void) => doc.transact(() => change(text), 'somebody else')
  return { text, field, joined, others, origins }
}

test('[STU59] a keystroke is one small edit with the origin of its field', () => {
  const { text, field, joined, origins } = setUp('hello')
  field.type(5, '!')
  joined.typed()
  expect(text.toString()).toBe('hello!')
  expect(origins).toEqual(['bind:$state.t'])
})

test('[STU60] what others type appears, and the caret stays at its letter', () => {
  const { field, others } = setUp('hello world')
  field.setSelectionRange(6, 11)
  others((text) => text.insert(0, 'oh, '))
  expect(field.value).toBe('oh, hello world')
  expect([field.selectionStart, field.selectionEnd]).toEqual([10, 15])
})

test('[STU61] what others type during a composition is merged when it ends, and the composition is not disturbed', () => {
  const { text, field, joined, others } = setUp('ab')
  joined.compositionStarted()
  field.type(2, 'に')
  others((shared) => shared.insert(0, 'XX'))
  expect(field.value).toBe('abに')
  joined.compositionEnded()
  expect(text.toString()).toBe('XXabに')
  expect(field.value).toBe('XXabに')
  expect(field.selectionStart).toBe(5)
})

test('[STU62] a field that is gone hears nothing', () => {
  const { field, joined, others } = setUp('a')
  joined.stop()
  others((text) => text.insert(0, 'b'))
  expect(field.value).toBe('a')
})
