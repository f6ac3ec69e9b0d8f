import { toShownText } from '@nexus/core/nxml'
import { useEffect, useRef } from 'react'
import { classes } from '../../ui/classes.ts'
import type { ComponentProps } from './component.ts'
import { memberAt } from './member-at.ts'
import { numberProp, useProps } from './props.ts'

interface LogEntry {
  readonly key: string
  readonly time: string
  readonly level: string
  readonly message: string
}

/** Entries shown, the newest. */
const MAX_ENTRIES = 1_000

const LEVEL_TONES: Readonly<Record<string, string>> = {
  debug: 'text-faint',
  info: 'text-info',
  warn: 'text-warn',
  error: 'text-danger',
}

function readEntry(entry: unknown, index: number): LogEntry {
  const message = memberAt(entry, 'message')
  const timestamp = memberAt(entry, 'timestamp')
  const id = memberAt(entry, 'id')
  const level = memberAt(entry, 'level')
  return {
    key: typeof id === 'string' ? `${id}-${index}` : String(index),
    time: typeof timestamp === 'number' ? new Date(timestamp).toLocaleTimeString() : '',
    level: typeof level === 'string' ? level : '',
    message: toShownText(message ?? entry),
  }
}

export function LogStreamView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const filter = toShownText(props.filter).toLowerCase()
  const entries = (Array.isArray(props.data) ? props.data : [])
    .slice(-MAX_ENTRIES)
    .map(readEntry)
    .filter(
      ({ level, message }) => filter === '' || level === filter || message.toLowerCase().includes(filter),
    )
  const box = useRef<HTMLDivElement>(null)
  const wasAtEnd = useRef(true)
  const follows = props.autoScroll !== false && props.autoScroll !== 'false'
  const count = entries.length

  useEffect(() => {
    if (count > 0 && follows && wasAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [count, follows])

  return (
    <div
      ref={box}
      data-scroll
      role="log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable with the keyboard.
      tabIndex={0}
      aria-label="Log"
      style={{ height: numberProp(props, 'height', 200) }}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        wasAtEnd.current = scrollTop + clientHeight >= scrollHeight - 8
      }}
      className="overflow-y-auto rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-xs"
    >
      {count === 0 && <p className="py-1 text-muted">No log entries</p>}
      {entries.map(({ key, time, level, message }) => (
        <div key={key} className="flex gap-3 py-0.5">
          {time !== '' && <time className="shrink-0 text-faint tabular-nums">{time}</time>}
          {level !== '' && (
            <span
              className={classes('w-11 shrink-0 font-semibold uppercase', LEVEL_TONES[level] ?? 'text-muted')}
            >
              {level}
            </span>
          )}
          <span className="min-w-0 break-words whitespace-pre-wrap">{message}</span>
        </div>
      ))}
    </div>
  )
}
