import type { Json } from '@nexus/core'
import { toShownText } from '@nexus/core/nxml'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { type Binding, writeBinding } from '../../session/bound-value.ts'
import { classes } from '../../ui/classes.ts'
import { fieldClass } from '../../ui/field.tsx'
import { showToast } from '../../ui/toasts.ts'
import type { FieldOptions } from './field-options.ts'
import { usePanel } from './panel-context.ts'

/** A string is written this long after the last keystroke, ms (NXML specification 6.5). */
const WRITE_AFTER_MS = 150

const DECIMAL = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/

interface ValueFieldProps {
  readonly binding: Exclude<Binding, { kind: 'text' }>
  readonly options: FieldOptions
}

/** Text that cannot be written yet, such as "12a" for a number, is `null`. */
function toValue(text: string, isNumber: boolean): Json | null {
  if (!isNumber) return text
  return DECIMAL.test(text) ? Number(text) : null
}

/** A field over a string or a number: the whole value is one write. */
export function ValueField({ binding, options }: ValueFieldProps) {
  const { session, store, unwritten } = usePanel()
  const isValue = binding.kind === 'value'
  const isNumber = (isValue && binding.isNumber) || options.inputType === 'number'
  const [draft, setDraft] = useState<string | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const shown = draft ?? toShownText(isValue ? binding.value : '')
  const isInvalid = isNumber && draft !== null && draft.trim() !== '' && !DECIMAL.test(draft)

  // The newest text and place, for a write that happens later than the drawing it was typed in.
  const latest = useRef({ draft, binding, isNumber })
  latest.current = { ...latest.current, binding, isNumber }

  const write = (): void => {
    clearTimeout(timer.current)
    unwritten.delete(writeLatest)
    const { draft: text, binding: place, isNumber: asNumber } = latest.current
    if (text === null || place.kind !== 'value') return
    const value = toValue(text, asNumber)
    if (value === null) return
    try {
      if (!Object.is(value, place.value)) writeBinding({ doc: session.doc, store }, place, value)
    } catch {
      showToast({ level: 'warn', message: 'That was not written: the entry is gone or of another kind now.' })
    }
    // A number keeps its spelling ("1.") while the field has the focus.
    if (!asNumber) forget()
  }
  const forget = (): void => {
    latest.current = { ...latest.current, draft: null }
    setDraft(null)
  }
  const writeRef = useRef(write)
  writeRef.current = write
  const writeLatest = useRef(() => writeRef.current()).current

  useEffect(
    () => () => {
      writeLatest()
      unwritten.delete(writeLatest)
    },
    [writeLatest, unwritten],
  )

  const type = (text: string): void => {
    latest.current = { ...latest.current, draft: text }
    setDraft(text)
    unwritten.add(writeLatest)
    clearTimeout(timer.current)
    if (isValue && binding.isLocal) writeLatest()
    else timer.current = setTimeout(writeLatest, WRITE_AFTER_MS)
  }

  const leave = (): void => {
    if (isNumber && latest.current.draft?.trim() === '') latest.current = { ...latest.current, draft: '0' }
    writeLatest()
    forget()
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    if (options.isMultiline && !event.ctrlKey && !event.metaKey) return
    if (!options.isMultiline) event.preventDefault()
    const value = toValue(latest.current.draft ?? shown, isNumber)
    writeLatest()
    if (value !== null) options.onCommit?.(typeof value === 'number' ? value : String(value))
  }

  const common = {
    id: options.id,
    'aria-label': options.hasLabel ? undefined : options.name,
    'aria-invalid': isInvalid || undefined,
    placeholder: options.placeholder,
    value: shown,
    disabled: options.isDisabled,
    readOnly: options.isReadOnly,
    // A private draft keeps the browser's own undo; shared values are undone through the panel.
    'data-native-undo': isValue && binding.isLocal ? '' : undefined,
    onBlur: leave,
    onKeyDown,
  }
  if (options.isMultiline) {
    return (
      <textarea
        {...common}
        rows={options.rows}
        onChange={(event) => type(event.target.value)}
        className={classes(fieldClass, 'block resize-y px-3 py-2')}
      />
    )
  }
  return (
    <input
      {...common}
      type={isNumber ? 'text' : options.inputType}
      inputMode={isNumber ? 'decimal' : undefined}
      autoComplete={options.inputType === 'password' ? 'new-password' : 'off'}
      onChange={(event) => type(event.target.value)}
      className={classes(fieldClass, 'h-8.5 px-3')}
    />
  )
}
