import { type FormEvent, useEffect, useState } from 'react'
import { messageOf } from '../../api/problem.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'

interface CreateDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  /** The workspace exists. */
  readonly onCreated: (id: string) => void
}

/** Makes a workspace and opens it. */
export function CreateDialog({ open, onOpenChange, onCreated }: CreateDialogProps) {
  const createWorkspace = useWorkspaces((state) => state.createWorkspace)
  const [nameProblem, setNameProblem] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    if (!open) return
    setNameProblem(null)
    setFailure(null)
  }, [open])

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const name = String(fields.get('name') ?? '').trim()
    const description = String(fields.get('description') ?? '').trim()
    if (name === '') return setNameProblem('Give the workspace a name.')
    setNameProblem(null)
    setFailure(null)
    setBusy(true)
    try {
      const created = await createWorkspace(description === '' ? { name } : { name, description })
      onCreated(created.id)
    } catch (error) {
      setFailure(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Create a workspace"
      description="A place for panels and the people who share them."
    >
      <form noValidate onSubmit={(event) => void submit(event)} className="flex min-h-0 flex-col">
        <DialogBody className="space-y-4">
          <TextField
            label="Name"
            name="name"
            required
            maxLength={120}
            autoFocus
            autoComplete="off"
            error={nameProblem}
          />
          <TextField label="Description (optional)" name="description" maxLength={500} autoComplete="off" />
          {failure !== null && (
            <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
              {failure}
            </p>
          )}
        </DialogBody>
        <DialogFooter>
          <Button variant="ghost" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            Create &amp; Open
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
