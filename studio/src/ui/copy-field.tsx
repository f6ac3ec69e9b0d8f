import { Check, Copy } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { fieldClass } from './field.tsx'

const SAID_FOR_MS = 2_000

/** A text to take along, and a button that does it. */
export function CopyField({ label, text }: { label: string; text: string }) {
  const id = useId()
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Not allowed here: the field is selected, and the person copies it.
      const field = document.getElementById(id)
      if (field instanceof HTMLInputElement) field.select()
      return
    }
    setCopied(true)
    setTimeout(() => setCopied(false), SAID_FOR_MS)
  }
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium text-ink">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          readOnly
          value={text}
          onFocus={({ target }) => target.select()}
          className={classes(fieldClass, 'h-8.5 min-w-0 flex-1 px-3 font-mono text-xs')}
        />
        <Button onClick={() => void copy()}>
          {isCopied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p role="status" className="sr-only">
        {isCopied ? 'Copied' : ''}
      </p>
    </div>
  )
}
