import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import type { Binding } from '../../session/bound-value.ts'
import { toSharedPosition } from '../../session/caret.ts'
import { classes } from '../../ui/classes.ts'
import { fieldClass } from '../../ui/field.tsx'
import type { FieldOptions } from './field-options.ts'
import { usePanel } from './panel-context.ts'
import { RemoteCarets } from './remote-carets.tsx'
import { joinSharedText, type SharedText } from './shared-text.ts'

/** Box and type of the field; the layer of carets above it must break its lines at the same places. */
const TEXT_BOX = 'px-3 py-2 text-base leading-relaxed whitespace-pre-wrap [overflow-wrap:break-word]'

/** Carets are told to others at most this often, ms. */
const TELL_CARET_EVERY_MS = 60

interface SharedTextFieldProps {
  readonly binding: Extract<Binding, { kind: 'text' }>
  readonly options: FieldOptions
}

/** A field over a `text` state: everybody types at once. */
export function SharedTextField({ binding: { name, text, origin }, options }: SharedTextFieldProps) {
  const { session } = usePanel()
  const field = useRef<HTMLTextAreaElement>(null)
  const shared = useRef<SharedText>(undefined)
  const telling = useRef<ReturnType<typeof setTimeout>>(undefined)

  useLayoutEffect(() => {
    if (field.current === null) return
    const joined = joinSharedText({ text, field: field.current, origin })
    shared.current = joined
    return joined.stop
  }, [text, origin])

  useEffect(
    () => () => {
      clearTimeout(telling.current)
      session.shareCursor(null)
    },
    [session],
  )

  const tellCaret = (): void => {
    if (telling.current !== undefined) return
    telling.current = setTimeout(() => {
      telling.current = undefined
      const element = field.current
      if (element === null || document.activeElement !== element) return
      const { selectionStart, selectionEnd, selectionDirection } = element
      const [anchor, head] =
        selectionDirection === 'backward' ? [selectionEnd, selectionStart] : [selectionStart, selectionEnd]
      session.shareCursor({
        field: name,
        anchor: toSharedPosition(text, anchor),
        head: toSharedPosition(text, head),
      })
    }, TELL_CARET_EVERY_MS)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    if (options.isMultiline && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    options.onCommit?.(event.currentTarget.value)
  }

  return (
    <div className="relative">
      <textarea
        ref={field}
        id={options.id}
        aria-label={options.hasLabel ? undefined : options.name}
        placeholder={options.placeholder}
        rows={options.isMultiline ? options.rows : 1}
        disabled={options.isDisabled}
        readOnly={options.isReadOnly}
        onInput={() => {
          shared.current?.typed()
          tellCaret()
        }}
        onCompositionStart={() => shared.current?.compositionStarted()}
        onCompositionEnd={() => shared.current?.compositionEnded()}
        onSelect={tellCaret}
        onFocus={tellCaret}
        onBlur={() => session.shareCursor(null)}
        onKeyDown={onKeyDown}
        className={classes(
          fieldClass,
          TEXT_BOX,
          'block max-h-[60vh]',
          options.isMultiline ? 'field-sizing-content resize-y' : 'resize-none overflow-hidden',
        )}
        style={options.isMultiline ? { minHeight: `calc(${options.rows} * 1.625em + 1.125rem)` } : undefined}
      />
      <RemoteCarets name={name} text={text} field={field} boxClass={TEXT_BOX} />
    </div>
  )
}
