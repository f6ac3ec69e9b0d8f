import type * as Y from 'yjs'
import { applyEdit, editBetween, moveThrough, type TextDelta } from '../../session/caret.ts'

/** A text field that is one with a Y.Text: keystrokes become edits, edits of others appear, the caret keeps its place. */
export interface SharedText {
  /** The person has typed. */
  typed(): void
  compositionStarted(): void
  compositionEnded(): void
  stop(): void
}

interface SharedTextOptions {
  readonly text: Y.Text
  readonly field: HTMLTextAreaElement
  /** Of the transactions it makes. */
  readonly origin: string
}

const positionOf = (field: HTMLTextAreaElement) => ({
  start: field.selectionStart,
  end: field.selectionEnd,
  direction: field.selectionDirection,
})

/** Joins `field` and `text`. The field shows the text from now on. */
export function joinSharedText({ text, field, origin }: SharedTextOptions): SharedText {
  /** What the field showed when it was last in step with the text. */
  let shown = text.toString()
  let isWriting = false
  let isComposing = false
  /** Edits of others during a composition: the field must not be touched until it ends. */
  let waiting: TextDelta[] = []
  field.value = shown

  const show = (start: number, end: number): void => {
    const { direction } = positionOf(field)
    const { scrollTop } = field
    shown = text.toString()
    field.value = shown
    // Setting a selection scrolls and, in some browsers, takes the focus; a field without it needs none.
    if (field.ownerDocument.activeElement === field) field.setSelectionRange(start, end, direction)
    field.scrollTop = scrollTop
  }

  const onEvent = (event: Y.YTextEvent): void => {
    if (isWriting) return
    if (isComposing) {
      waiting.push(event.delta)
      return
    }
    const { start, end } = positionOf(field)
    show(moveThrough(start, event.delta), moveThrough(end, event.delta))
  }
  text.observe(onEvent)

  const typed = (): void => {
    if (isComposing) return
    const { start } = positionOf(field)
    const edit = editBetween(shown, field.value, start)
    const missed = waiting
    waiting = []
    if (edit !== null) {
      const from = missed.reduce(moveThrough, edit.index)
      const to = missed.reduce(moveThrough, edit.index + edit.removed)
      isWriting = true
      try {
        text.doc?.transact(
          () => applyEdit(text, { ...edit, index: from, removed: Math.max(0, to - from) }),
          origin,
        )
      } finally {
        isWriting = false
      }
    }
    if (missed.length === 0) shown = field.value
    else {
      const caret =
        edit === null
          ? missed.reduce(moveThrough, start)
          : missed.reduce(moveThrough, edit.index) + edit.inserted.length
      show(caret, caret)
    }
  }

  return {
    typed,
    compositionStarted: () => {
      isComposing = true
    },
    compositionEnded: () => {
      isComposing = false
      typed()
    },
    stop: () => text.unobserve(onEvent),
  }
}
