import { type ComponentProps, useId } from 'react'
import { classes } from './classes.ts'

/** How what people choose or type in looks. */
export const entryClass =
  'w-full rounded-md border border-line-strong bg-surface text-ink text-base transition-[border-color,box-shadow] duration-100 hover:border-faint focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent/35 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted disabled:hover:border-line-strong aria-invalid:border-danger'

/** Also for text that may only be read. */
export const fieldClass = `${entryClass} read-only:border-line read-only:bg-canvas`

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string
  /** A remark below the field. */
  readonly hint?: string
  /** What is wrong with the value; read aloud with the field. */
  readonly error?: string | null
}

/** A labelled line of text. */
export function TextField({ label, hint, error = null, className, ...rest }: TextFieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint ?? null
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium text-ink">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-invalid={error !== null || undefined}
        aria-describedby={note === null ? undefined : noteId}
        className={classes(fieldClass, 'h-9.5 px-3')}
      />
      {note !== null && (
        <p id={noteId} className={classes('mt-1.5 text-xs', error === null ? 'text-muted' : 'text-danger')}>
          {note}
        </p>
      )}
    </div>
  )
}
