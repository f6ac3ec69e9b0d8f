import { Fragment, type RefObject, useEffect, useRef, useState } from 'react'
import type * as Y from 'yjs'
import { useRemoteCursors } from '../../react/use-live.ts'
import { fromSharedPosition } from '../../session/caret.ts'
import { classes } from '../../ui/classes.ts'
import { usePanel } from './panel-context.ts'

interface RemoteCaretsProps {
  readonly name: string
  readonly text: Y.Text
  readonly field: RefObject<HTMLTextAreaElement | null>
  /** Type and padding of the field. */
  readonly boxClass: string
}

interface Mark {
  readonly clientId: number
  readonly name: string
  readonly colour: string
  readonly from: number
  readonly to: number
  readonly head: number
}

/** Other people's carets and selections as coloured marks above a text field. Presence lists say it to screen readers. */
export function RemoteCarets({ name, text, field, boxClass }: RemoteCaretsProps) {
  const { session } = usePanel()
  const cursors = useRemoteCursors(session).filter(({ cursor }) => cursor.field === name)
  const layer = useRef<HTMLDivElement>(null)
  const [, redraw] = useState(0)
  const hasCursors = cursors.length > 0

  useEffect(() => {
    const element = field.current
    if (!hasCursors || element === null) return
    const follow = () => {
      if (layer.current !== null) layer.current.scrollTop = element.scrollTop
    }
    const onText = () => redraw((count) => count + 1)
    follow()
    element.addEventListener('scroll', follow)
    text.observe(onText)
    return () => {
      element.removeEventListener('scroll', follow)
      text.unobserve(onText)
    }
  }, [hasCursors, field, text])

  if (!hasCursors) return null
  const marks = cursors.flatMap(({ clientId, name: person, colour, cursor }): Mark[] => {
    const head = fromSharedPosition(text, cursor.head)
    const anchor = fromSharedPosition(text, cursor.anchor) ?? head
    if (head === null || anchor === null) return []
    return [
      { clientId, name: person, colour, head, from: Math.min(anchor, head), to: Math.max(anchor, head) },
    ]
  })
  return (
    <div
      ref={layer}
      aria-hidden
      data-testid="remote-carets"
      className={classes(
        'pointer-events-none absolute inset-0 overflow-hidden border border-transparent text-transparent',
        boxClass,
      )}
    >
      <Segments text={text.toString()} marks={marks} />
    </div>
  )
}

function Segments({ text, marks }: { text: string; marks: readonly Mark[] }) {
  const edges = [
    ...new Set([0, text.length, ...marks.flatMap(({ from, to, head }) => [from, to, head])]),
  ].sort((a, b) => a - b)
  return edges.map((start, index) => {
    const end = edges[index + 1] ?? start
    const selection = marks.find(({ from, to }) => from <= start && end <= to && from < to)
    return (
      <Fragment key={start}>
        {marks
          .filter(({ head }) => head === start)
          .map((mark) => (
            <span
              key={mark.clientId}
              data-person={mark.name}
              className="relative -mx-px inline-block h-[1.15em] w-0.5 align-text-bottom"
              style={{ backgroundColor: mark.colour }}
            >
              <span
                // A moved caret tells its name again.
                key={mark.head}
                className="absolute -top-3.5 -left-px rounded-t-sm rounded-br-sm px-1 text-[0.625rem] leading-3.5 font-medium whitespace-nowrap text-white animate-tell-name"
                style={{ backgroundColor: mark.colour }}
              >
                {mark.name}
              </span>
            </span>
          ))}
        <span style={selection === undefined ? undefined : { backgroundColor: `${selection.colour}40` }}>
          {text.slice(start, end)}
        </span>
      </Fragment>
    )
  })
}
