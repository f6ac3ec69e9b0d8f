import { type ComponentProps, useId } from 'react'
import { classes } from './classes.ts'
import { entryClass } from './field.tsx'

interface SelectFieldProps<Value extends string> extends Omit<ComponentProps<'select'>, 'id' | 'onChange'> {
  readonly label: string
  /** The label is for screen readers only. */
  readonly isBare?: boolean
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChoose: (value: Value) => void
}

/** One of several, by the browser's own list. */
export function SelectField<Value extends string>({
  label,
  isBare = false,
  options,
  onChoose,
  className,
  ...rest
}: SelectFieldProps<Value>) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className={isBare ? 'sr-only' : 'mb-1.5 block text-sm font-medium text-ink'}>
        {label}
      </label>
      <select
        {...rest}
        id={id}
        onChange={({ target }) => {
          const chosen = options.find(({ value }) => value === target.value)
          if (chosen !== undefined) onChoose(chosen.value)
        }}
        className={classes(entryClass, 'h-9.5 pr-2 pl-3')}
      >
        {options.map(({ value, label: text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
