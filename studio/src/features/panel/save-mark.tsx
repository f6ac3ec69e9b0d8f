import { Check, CloudOff, Eye, LoaderCircle, type LucideIcon, PlugZap, TriangleAlert } from 'lucide-react'
import type { SaveSign } from '../../session/save-sign.ts'
import { classes } from '../../ui/classes.ts'

const MARKS: Record<SaveSign, { icon: LucideIcon; text: string; short: string; tone: string; turns?: true }> =
  {
    opening: { icon: LoaderCircle, text: 'Opening…', short: 'Opening…', tone: 'text-muted', turns: true },
    saved: { icon: Check, text: 'Saved', short: 'Saved', tone: 'text-success' },
    saving: { icon: LoaderCircle, text: 'Saving…', short: 'Saving…', tone: 'text-muted', turns: true },
    reconnecting: { icon: PlugZap, text: 'Reconnecting…', short: 'Reconnecting…', tone: 'text-warn' },
    offline: { icon: CloudOff, text: 'Offline — edits are kept here', short: 'Offline', tone: 'text-warn' },
    'view-only': { icon: Eye, text: 'View only', short: 'View only', tone: 'text-muted' },
    refused: { icon: TriangleAlert, text: 'Not available', short: 'Not available', tone: 'text-danger' },
  }

/** Whether my own work is safe. Announced politely as it changes. */
export function SaveMark({ sign }: { sign: SaveSign }) {
  const { icon: Icon, text, short, tone, turns } = MARKS[sign]
  return (
    <span
      role="status"
      aria-label="Save state"
      title={text}
      className={classes('inline-flex shrink-0 items-center gap-1.5 text-xs font-medium', tone)}
    >
      <Icon aria-hidden className={classes('size-3.5', turns === true && 'animate-spin')} />
      <span className="hidden sm:inline">{text}</span>
      <span aria-hidden={text === short ? undefined : 'true'} className="sm:hidden">
        {short}
      </span>
      {text !== short && <span className="sr-only sm:hidden">{text}</span>}
    </span>
  )
}
