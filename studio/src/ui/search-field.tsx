import { Search } from 'lucide-react'
import { classes } from './classes.ts'
import { fieldClass } from './field.tsx'

interface SearchFieldProps {
  /** What a screen reader calls it, and what it says while it is empty. */
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Somebody pressed Enter. */
  readonly onEnter: () => void
}

/** The search at the head of a dialog; what is typed goes there at once. */
export const SearchField = ({ label, value, onChange, onEnter }: SearchFieldProps) => (
  <div className="relative">
    <Search
      aria-hidden
      className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
    />
    <input
      type="search"
      // biome-ignore lint/a11y/noAutofocus: the dialog around it was opened to search.
      autoFocus
      aria-label={label}
      placeholder={`${label}…`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onEnter()
      }}
      className={classes(fieldClass, 'h-10 pr-3 pl-9.5')}
    />
  </div>
)
