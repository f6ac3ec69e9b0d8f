import { History } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'

interface HistoryPanesProps {
  readonly list: ReactNode
  /** What is chosen in the list; on narrow screens it takes the list's place. `null`: nothing is. */
  readonly detail: ReactNode | null
  /** In the place of the detail while nothing is chosen. */
  readonly hint: string
}

/** A list, and beside it what is chosen in it. */
export const HistoryPanes = ({ list, detail, hint }: HistoryPanesProps) => (
  <div className="flex h-[32rem] min-h-0 border-t border-line">
    <div
      className={classes(
        'min-h-0 w-full overflow-y-auto border-line p-2 md:w-80 md:shrink-0 md:border-r',
        detail !== null && 'hidden md:block',
      )}
    >
      {list}
    </div>
    <div className={classes('min-h-0 min-w-0 flex-1 overflow-y-auto', detail === null && 'hidden md:block')}>
      {detail ?? (
        <div className="grid h-full place-items-center">
          <p className="px-6 text-center text-sm text-muted">{hint}</p>
        </div>
      )}
    </div>
  </div>
)

export const HistoryFailure = ({ message, onRetry }: { message: string; onRetry: () => void }) => (
  <EmptyState
    icon={<History aria-hidden />}
    title="The history could not be loaded"
    action={<Button onClick={onRetry}>Try again</Button>}
  >
    {message}
  </EmptyState>
)

export const HistoryWaiting = () => (
  <div aria-hidden className="space-y-3 p-2">
    {['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2'].map((width) => (
      <div key={width} className="space-y-1.5">
        <div className={classes('skeleton h-3.5', width)} />
        <div className="skeleton h-3 w-1/3" />
      </div>
    ))}
  </div>
)
