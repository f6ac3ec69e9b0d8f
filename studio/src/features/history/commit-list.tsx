import type { Commit } from '../../api/history-shapes.ts'
import { useHistory } from '../../stores/history.ts'
import { classes } from '../../ui/classes.ts'
import { ShowOlder } from '../../ui/show-older.tsx'
import { timeAgo } from '../../ui/time-ago.ts'

interface CommitListProps {
  readonly commits: { readonly items: readonly Commit[]; readonly isWhole: boolean }
}

export function CommitList({ commits }: CommitListProps) {
  const { selected, select, loadOlder } = useHistory()
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
      {!commits.isWhole && <ShowOlder load={loadOlder} />}
    </>
  )
}
