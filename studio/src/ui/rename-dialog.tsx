import { type FormEvent, useEffect, useState } from 'react'
import { messageOf } from '../api/problem.ts'
import { Button } from './button.tsx'
import { Dialog, DialogBody, DialogFooter } from './dialog.tsx'
import { TextField } from './field.tsx'

interface RenameDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  /** Such as "Rename panel". */
  readonly title: string
  readonly name: string
  /** Given a trimmed, non-empty name. The dialog closes when it has worked. */
  readonly onRename: (name: string) => Promise<void>
}

/** Asks for a new name. */
export function RenameDialog({ open, onOpenChange, title, name, onRename }: RenameDialogProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    if (open) setProblem(null)
  }, [open])

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const next = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    if (next === '') return setProblem('A name cannot be empty.')
    if (next === name) return onOpenChange(false)
    setBusy(true)
    try {
      await onRename(next)
      onOpenChange(false)
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} size="sm">
      <form noValidate onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            defaultValue={name}
            maxLength={120}
            autoFocus
            autoComplete="off"
            error={problem}
            onFocus={(event) => event.target.select()}
          />
        </DialogBody>
        <DialogFooter>
          <Button variant="ghost" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            Rename
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
