import type { ReactNode } from 'react'
import type { Commit, FileDiff } from '../../api/history-shapes.ts'
import { useHistory } from '../../stores/history.ts'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { type DiffLine, diffLines } from './diff-lines.ts'

/** Lines of one file that are shown at once; a page of thousands is slow and nobody reads it. */
const MAX_LINES = 400

const CHANGES = { added: 'added', removed: 'removed', renamed: 'renamed', changed: '' } as const

const LINES: Readonly<Record<DiffLine['kind'], string>> = {
  added: 'bg-success-soft text-success',
  removed: 'bg-danger-soft text-danger',
  same: 'text-muted',
  place: 'bg-sunken text-faint',
}
const SIGNS: Readonly<Record<DiffLine['kind'], string>> = { added: '+', removed: '−', same: ' ', place: ' ' }

/** What one commit did, file by file. */
export function CommitDetail({ commit, back }: { commit: Commit; back: ReactNode }) {
  const { diff, select } = useHistory()
  return (
    <article aria-label={commit.subject} className="p-4">
      <header className="mb-4 flex items-start gap-1">
        {back}
        <div className="min-w-0">
          <h3 className="text-base font-semibold tracking-tight break-words">{commit.subject}</h3>
          {commit.body !== '' && (
            <p className="mt-1 text-sm break-words whitespace-pre-wrap text-muted">{commit.body}</p>
          )}
          <p className="mt-1 text-xs text-muted">
            {commit.author} · {new Date(commit.committedAt).toLocaleString()} ·{' '}
            <code title={commit.hash}>{commit.hash.slice(0, 10)}</code>
          </p>
        </div>
      </header>
      {diff.state === 'loading' && (
        <div aria-hidden className="space-y-2">
          <div className="skeleton h-5 w-1/2" />
          <div className="skeleton h-28 w-full" />
        </div>
      )}
      {diff.state === 'failed' && (
        <p role="alert" className="flex flex-wrap items-center gap-2 text-sm text-danger">
          {diff.message}
          <Button size="sm" onClick={() => void select(commit.hash)}>
            Try again
          </Button>
        </p>
      )}
      {diff.state === 'ready' && (
        <div className="space-y-4">
          {diff.files.map((file) => (
            <File key={file.path} file={file} />
          ))}
          {diff.files.length === 0 && <p className="text-sm text-muted">No file was changed.</p>}
        </div>
      )}
    </article>
  )
}

function File({ file }: { file: FileDiff }) {
  const { path, previousPath, change, additions, deletions, diff } = file
  const lines = diffLines(diff ?? '')
  const left = lines.length - MAX_LINES
  return (
    <section aria-label={path} className="overflow-hidden rounded-lg border border-line">
      <h4 className="flex items-center gap-2 border-b border-line bg-sunken px-3 py-1.5 text-xs">
        <span className="min-w-0 flex-1 font-mono break-all">
          {previousPath === null ? path : `${previousPath} → ${path}`}
        </span>
        {CHANGES[change] !== '' && <span className="shrink-0 text-muted">{CHANGES[change]}</span>}
        <span className="shrink-0 tabular-nums">
          <span className="text-success">+{additions}</span> <span className="text-danger">−{deletions}</span>
        </span>
      </h4>
      {diff === null && (
        <Note>This commit is too large to be shown here; clone the repository to see it.</Note>
      )}
      {diff === '' && <Note>{change === 'renamed' ? 'Only its name changed.' : 'It is empty.'}</Note>}
      {lines.length > 0 && (
        <pre className="py-1 text-xs leading-5">
          {lines.slice(0, MAX_LINES).map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a diff does not change while it is shown.
            <Line key={at} line={line} />
          ))}
        </pre>
      )}
      {left > 0 && <Note>{`${left} more lines`}</Note>}
    </section>
  )
}

const Line = ({ line: { kind, text } }: { line: DiffLine }) =>
  kind === 'place' && text === '' ? null : (
    <span className={classes('block pr-3 pl-8 -indent-5 break-words whitespace-pre-wrap', LINES[kind])}>
      <span aria-hidden className="inline-block w-5 indent-0 select-none">
        {SIGNS[kind]}
      </span>
      {text}
    </span>
  )

const Note = ({ children }: { children: ReactNode }) => (
  <p className="px-3 py-2 text-xs text-muted">{children}</p>
)
