import { type FormEvent, useState } from 'react'
import type { Scope } from '../../api/keys.ts'
import { messageOf } from '../../api/problem.ts'
import { api } from '../../stores/api.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { SCOPE_CHOICES } from './scopes.ts'

const DAY_MS = 86_400_000
const ENDS = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'never', label: 'Never' },
] as const
type End = (typeof ENDS)[number]['value']

interface NewKeyFormProps {
  readonly onCancel: () => void
  /** With the key itself. */
  readonly onMade: (key: string) => void
}

/** What a new key is for, and how long. */
export function NewKeyForm({ onCancel, onMade }: NewKeyFormProps) {
  const { open } = useWorkspaces()
  const [end, setEnd] = useState<End>('90')
  const [place, setPlace] = useState('all')
  const [problem, setProblem] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const places = [
    { value: 'all', label: 'All my workspaces' },
    ...(open.state === 'open' ? [{ value: open.id, label: 'Only the open workspace' }] : []),
  ]

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const name = String(fields.get('name') ?? '').trim()
    const scopes = SCOPE_CHOICES.map(({ value }) => value).filter((value: Scope) => fields.has(value))
    setProblem(name === '' ? 'Say what it is for.' : null)
    setFailure(scopes.length === 0 ? 'Choose at least one thing it may do.' : null)
    if (name === '' || scopes.length === 0) return
    setBusy(true)
    try {
      onMade(
        await api.keys.create({
          name,
          scopes,
          ...(place === 'all' ? {} : { workspaceIds: [place] }),
          ...(end === 'never'
            ? {}
            : { expiresAt: new Date(Date.now() + Number(end) * DAY_MS).toISOString() }),
        }),
      )
    } catch (error) {
      setFailure(messageOf(error))
      setBusy(false)
    }
  }

  return (
    <form
      noValidate
      aria-label="New API key"
      onSubmit={(event) => void submit(event)}
      className="space-y-4 rounded-lg border border-line bg-surface p-4"
    >
      <TextField
        label="Name"
        name="name"
        maxLength={100}
        autoFocus
        autoComplete="off"
        hint="What it is for, such as “nightly report”."
        error={problem}
      />
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">It may</legend>
        <div className="space-y-2">
          {SCOPE_CHOICES.map(({ value, label, may }) => (
            <label key={value} className="flex items-baseline gap-2.5 text-sm">
              <input
                type="checkbox"
                name={value}
                defaultChecked={value === 'read'}
                className="size-3.5 shrink-0 translate-y-0.5 accent-accent"
              />
              <span>
                {label} <span className="text-muted">{may}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField label="In" value={place} options={places} onChoose={setPlace} />
        <SelectField label="Ends" value={end} options={ENDS} onChoose={setEnd} />
      </div>
      {failure !== null && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          {failure}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={busy}>
          Make key
        </Button>
      </div>
    </form>
  )
}
