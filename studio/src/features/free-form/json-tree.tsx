import type { Json } from '@nexus/core'
import { applyJsonPatch, formatPointer, panelRoots, setAt } from '@nexus/core/document'
import type { StatePath } from '@nexus/core/nxml'
import { Braces, ChevronRight, Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useEffect, useState, useSyncExternalStore } from 'react'
import { messageOf } from '../../api/problem.ts'
import type { PanelSession } from '../../session/panel-session.ts'
import type { PanelStore } from '../../session/panel-store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { fieldClass } from '../../ui/field.tsx'
import { showToast } from '../../ui/toasts.ts'

interface JsonTreeProps {
  readonly session: PanelSession
  readonly store: PanelStore
  readonly isReadOnly: boolean
}

/** Of every edit made in the tree; undo follows it. */
const ORIGIN = 'bind:tree'

/** What can be done to a place: a new value, or (`undefined`) its removal. */
type Change = (path: StatePath, value: Json | undefined) => void

/** What a person typed: JSON if it reads as JSON, else text. */
function parseTyped(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

/** A panel without a definition: its data as a tree, every value editable. */
export function JsonTree({ session, store, isReadOnly }: JsonTreeProps) {
  const names = useSyncExternalStore(store.subscribe, () =>
    [...panelRoots(session.doc).state.keys()].sort().join('\n'),
  )
  const keys = names === '' ? [] : names.split('\n')
  useSyncExternalStore(store.subscribe, () => store.stamp(keys))

  const change: Change = (path, value) => {
    const { shape } = store.model()
    try {
      if (value !== undefined) setAt(session.doc, shape, path, value, ORIGIN)
      else
        applyJsonPatch(
          session.doc,
          store.model(),
          [{ op: 'remove', path: formatPointer(['$state', ...path]) }],
          ORIGIN,
        )
    } catch (error) {
      showToast({ level: 'warn', title: 'That was not written', message: messageOf(error) })
    }
  }

  return (
    <div className="rounded-lg border border-line bg-surface p-3 shadow-sm sm:p-4">
      {keys.length === 0 && (
        <EmptyState icon={<Braces aria-hidden />} title="No data yet">
          This panel holds free-form JSON. Programs write it over the API; you can add values here.
        </EmptyState>
      )}
      {keys.length > 0 && (
        <ul aria-label="Panel data" className="font-mono text-sm">
          {keys.map((key) => (
            <Entry
              key={key}
              name={key}
              value={store.read(key)}
              path={[key]}
              isReadOnly={isReadOnly}
              change={change}
            />
          ))}
        </ul>
      )}
      {!isReadOnly && <AddValue onAdd={(name, value) => change([name], value)} />}
    </div>
  )
}

interface EntryProps {
  readonly name: string | number
  readonly value: unknown
  readonly path: StatePath
  readonly isReadOnly: boolean
  readonly change: Change
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null

function Entry({ name, value, path, isReadOnly, change }: EntryProps) {
  const [isOpen, setOpen] = useState(path.length < 3)
  const label = path.join(' › ')
  if (!isBranch(value)) {
    return (
      <li className="flex min-h-8 items-center gap-2 py-0.5 pl-5">
        <span className="shrink-0 text-muted">{name}</span>
        <Leaf label={label} value={value} isReadOnly={isReadOnly} onChange={(next) => change(path, next)} />
        {!isReadOnly && <RemoveButton label={label} onRemove={() => change(path, undefined)} />}
      </li>
    )
  }
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  const summary = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`
  return (
    <li>
      <div className="flex items-center gap-1">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="flex min-h-8 min-w-0 items-center gap-1 rounded-sm pr-2 text-left hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            className={classes('size-4 text-faint transition-transform', isOpen && 'rotate-90')}
          />
          <span className="truncate text-muted">{name}</span>
          <span className="text-faint">{summary}</span>
        </button>
        {!isReadOnly && <RemoveButton label={label} onRemove={() => change(path, undefined)} />}
      </div>
      {isOpen && entries.length > 0 && (
        <ul className="ml-2 border-l border-line pl-2">
          {entries.map(([key, member]) => (
            <Entry
              key={key}
              name={key}
              value={member}
              path={[...path, key]}
              isReadOnly={isReadOnly}
              change={change}
            />
          ))}
        </ul>
      )}
    </li>
  )
}

const RemoveButton = ({ label, onRemove }: { label: string; onRemove: () => void }) => (
  <IconButton label={`Remove ${label}`} onClick={onRemove} className="ml-auto size-7">
    <Trash2 aria-hidden />
  </IconButton>
)

interface LeafProps {
  readonly label: string
  readonly value: unknown
  readonly isReadOnly: boolean
  readonly onChange: (value: Json) => void
}

const LEAF_TONES: Readonly<Record<string, string>> = {
  string: 'text-success',
  number: 'text-info',
  boolean: 'text-warn',
}

/** Text is shown bare; text that reads as something else keeps its quotes. */
const spell = (value: unknown): string =>
  typeof value === 'string' && typeof parseTyped(value) === 'string'
    ? value
    : (JSON.stringify(value) ?? 'null')

function Leaf({ label, value, isReadOnly, onChange }: LeafProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const shown = spell(value)
  useEffect(() => {
    // Somebody else's change is shown at once unless this field holds typing.
    if (draft === shown) setDraft(null)
  }, [draft, shown])

  const commit = (): void => {
    if (draft !== null && draft !== shown) onChange(parseTyped(draft))
    setDraft(null)
  }
  return (
    <input
      aria-label={label}
      value={draft ?? shown}
      readOnly={isReadOnly}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        else if (event.key === 'Escape') setDraft(null)
      }}
      className={classes(
        'h-7 min-w-0 flex-1 rounded-sm border border-transparent bg-transparent px-1.5 hover:border-line-strong focus:border-accent focus:outline-none',
        LEAF_TONES[typeof value] ?? 'text-muted',
      )}
    />
  )
}

function AddValue({ onAdd }: { onAdd: (name: string, value: Json) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const name = String(fields.get('name') ?? '').trim()
    if (name === '') return
    onAdd(name, parseTyped(String(fields.get('value') ?? '')))
    form.reset()
    form.querySelector('input')?.focus()
  }
  return (
    <form onSubmit={submit} className="mt-3 flex flex-wrap gap-2 border-t border-line pt-3">
      <input
        name="name"
        aria-label="New value’s name"
        placeholder="Name"
        autoComplete="off"
        className={classes(fieldClass, 'h-8.5 flex-[1_1_8rem] px-3')}
      />
      <input
        name="value"
        aria-label="New value"
        placeholder="Value or JSON"
        autoComplete="off"
        className={classes(fieldClass, 'h-8.5 flex-[2_1_12rem] px-3')}
      />
      <Button type="submit">
        <Plus aria-hidden className="size-4" />
        Add value
      </Button>
    </form>
  )
}
