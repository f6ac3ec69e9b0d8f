import { Check, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { messageOf } from '../../api/problem.ts'
import type { LibraryEntry, PanelSummary } from '../../api/shapes.ts'
import { api } from '../../stores/api.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Dialog, DialogFooter } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PanelIcon } from '../../ui/panel-icon.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { previewOf } from './preview.ts'

interface AddPanelDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly onAdded: (panel: PanelSummary) => void
}

type Shelf =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly entries: readonly LibraryEntry[] }
  | { readonly state: 'failed'; readonly message: string }

/** The entry for a panel without a definition. */
const FREE_FORM: LibraryEntry = {
  id: 'free-form',
  title: 'Free-form data',
  description: 'Any JSON, as a tree. For programs that bring their own structure.',
  icon: 'free-form',
  accent: 'slate',
  tags: ['json', 'api'],
  source: '',
}

function matching(entries: readonly LibraryEntry[], query: string): LibraryEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return [...entries, FREE_FORM].filter(({ title, description, tags }) => {
    const text = `${title} ${description} ${tags.join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Chooses a panel from the library, with a look at what it brings. */
export function AddPanelDialog({ open, onOpenChange, onAdded }: AddPanelDialogProps) {
  const addPanel = useWorkspaces((state) => state.addPanel)
  const [shelf, setShelf] = useState<Shelf>({ state: 'loading' })
  const [query, setQuery] = useState('')
  const [chosenId, setChosenId] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)

  const load = async (): Promise<void> => {
    setShelf({ state: 'loading' })
    try {
      setShelf({ state: 'ready', entries: await api.library() })
    } catch (error) {
      setShelf({ state: 'failed', message: messageOf(error) })
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time it opens.
  useEffect(() => {
    if (!open) return
    setQuery('')
    setFailure(null)
    setChosenId(null)
    void load()
  }, [open])

  const found = shelf.state === 'ready' ? matching(shelf.entries, query) : []
  const chosen = found.find(({ id }) => id === chosenId) ?? found[0] ?? null

  const add = async (entry: LibraryEntry): Promise<void> => {
    setBusy(true)
    setFailure(null)
    try {
      onAdded(await addPanel(entry.id === FREE_FORM.id ? null : entry))
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
      title="Add a panel"
      description="Everyone in the workspace will see it."
      size="xl"
    >
      <div className="px-5 pb-3">
        <SearchField
          label="Search the library"
          value={query}
          onChange={setQuery}
          onEnter={() => {
            if (chosen !== null) void add(chosen)
          }}
        />
      </div>
      <div className="grid min-h-0 flex-1 grid-cols-1 overflow-hidden border-t border-line sm:h-[26rem] sm:grid-cols-[1.15fr_1fr]">
        <div className="max-h-72 min-h-0 overflow-y-auto p-2.5 sm:max-h-none">
          {shelf.state === 'loading' && <Waiting />}
          {shelf.state === 'failed' && (
            <EmptyState
              icon={<Search aria-hidden />}
              title="The library could not be loaded"
              action={<Button onClick={() => void load()}>Try again</Button>}
            >
              {shelf.message}
            </EmptyState>
          )}
          {shelf.state === 'ready' && found.length === 0 && (
            <EmptyState icon={<Search aria-hidden />} title="Nothing found">
              No panel matches “{query}”.
            </EmptyState>
          )}
          {found.length > 0 && (
            <ul aria-label="Library panels" className="space-y-px">
              {found.map((entry) => (
                <li key={entry.id}>
                  <Choice
                    entry={entry}
                    isChosen={entry === chosen}
                    onChoose={() => setChosenId(entry.id)}
                    onAdd={() => void add(entry)}
                  />
                </li>
              ))}
            </ul>
          )}
        </div>
        {chosen !== null && <Preview entry={chosen} />}
      </div>
      <DialogFooter>
        {failure !== null && (
          <p role="alert" className="mr-auto text-sm text-danger">
            {failure}
          </p>
        )}
        <Button variant="ghost" onClick={() => onOpenChange(false)}>
          Cancel
        </Button>
        <Button
          variant="primary"
          busy={busy}
          disabled={chosen === null}
          onClick={() => {
            if (chosen !== null) void add(chosen)
          }}
        >
          {chosen === null ? 'Add panel' : `Add ${chosen.title}`}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

interface ChoiceProps {
  readonly entry: LibraryEntry
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly onAdd: () => void
}

const Choice = ({ entry, isChosen, onChoose, onAdd }: ChoiceProps) => (
  <button
    type="button"
    aria-pressed={isChosen}
    aria-label={entry.title}
    onClick={onChoose}
    onDoubleClick={onAdd}
    onFocus={onChoose}
    className={classes(
      'flex w-full items-center gap-3 rounded-md px-2.5 py-2 text-left focus-visible:-outline-offset-2',
      isChosen ? 'bg-accent-soft' : 'hover:bg-hover',
    )}
  >
    <span className="grid size-9 shrink-0 place-items-center rounded-md border border-line bg-surface text-accent-ink">
      <PanelIcon type={entry.id} className="size-4.5" />
    </span>
    <span className="min-w-0 flex-1">
      <span className="block truncate text-base font-medium">{entry.title}</span>
      <span className="block truncate text-xs text-muted">{entry.description}</span>
    </span>
    {isChosen && <Check aria-hidden className="size-4 shrink-0 text-accent-ink" />}
  </button>
)

function Preview({ entry }: { entry: LibraryEntry }) {
  const preview = previewOf(entry.source)
  return (
    <section
      aria-label={`About ${entry.title}`}
      className="hidden min-h-0 overflow-y-auto border-l border-line bg-canvas p-5 sm:block"
    >
      <div className="mb-3 grid size-11 place-items-center rounded-lg bg-accent-soft text-accent-ink">
        <PanelIcon type={entry.id} className="size-5.5" />
      </div>
      <h3 className="text-lg font-semibold tracking-tight">{entry.title}</h3>
      <p className="mt-1 text-base text-muted">{entry.description}</p>
      {preview.tools.length > 0 && (
        <>
          <h4 className="mt-5 mb-1.5 text-xs font-medium text-faint">What you can do</h4>
          <ul className="space-y-1.5 text-sm">
            {preview.tools.map((tool) => (
              <li key={tool} className="flex gap-2">
                <Check aria-hidden className="mt-0.5 size-3.5 shrink-0 text-success" />
                {tool}
              </li>
            ))}
          </ul>
        </>
      )}
      {preview.data.length > 0 && (
        <>
          <h4 className="mt-5 mb-1.5 text-xs font-medium text-faint">What it keeps</h4>
          <p className="font-mono text-xs break-words text-muted">{preview.data.join(', ')}</p>
        </>
      )}
    </section>
  )
}

const Waiting = () => (
  <div aria-hidden className="space-y-3 p-2">
    {['w-1/2', 'w-2/3', 'w-2/5', 'w-1/2'].map((width, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: fixed placeholders.
      <div key={index} className="flex items-center gap-3">
        <div className="skeleton size-9" />
        <div className={classes('skeleton h-3.5', width)} />
      </div>
    ))}
  </div>
)
