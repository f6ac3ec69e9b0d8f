import type { Commit } from '../../api/history-shapes.ts'
import { useTask } from '../../react/use-task.ts'
import { useHistory } from '../../stores/history.ts'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { timeAgo } from './time-ago.ts'

interface CommitListProps {
  readonly commits: { readonly items: readonly Commit[]; readonly isWhole: boolean }
}

export function CommitList({ commits }: CommitListProps) {
  const { selected, select } = useHistory()
  const now = Date.now()
  return (
    <>
      <ul aria-label="Commits" className="space-y-px">
        {commits.items.map(({ hash, subject, author, committedAt }) => (
          <li key={hash}>
            <button
              type="button"
              onClick={() => void select(hash)}
              aria-current={hash === selected ? 'true' : undefined}
              className={classes(
                'w-full rounded-md px-2.5 py-2 text-left focus-visible:-outline-offset-2',
                hash === selected ? 'bg-accent-soft' : 'hover:bg-hover',
              )}
            >
              <span className="line-clamp-2 text-sm font-medium break-words">{subject}</span>
              <span className="mt-0.5 block truncate text-xs text-muted">
                {author} · <time dateTime={committedAt}>{timeAgo(committedAt, now)}</time>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {!commits.isWhole && <Older />}
    </>
  )
}

function Older() {
  const loadOlder = useHistory((state) => state.loadOlder)
  const { isBusy, begin } = useTask(loadOlder, 'Older commits could not be loaded')
  return (
    <div className="flex justify-center py-2">
      <Button size="sm" busy={isBusy} onClick={begin}>
        Show older
      </Button>
    </div>
  )
}
