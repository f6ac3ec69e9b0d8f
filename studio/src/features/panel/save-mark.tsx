import { Check, CloudOff, Eye, LoaderCircle, type LucideIcon, PlugZap, TriangleAlert } from 'lucide-react'
import type { SaveSign } from '../../session/save-sign.ts'
import { classes } from '../../ui/classes.ts'

const MARKS: Record<SaveSign, { icon: LucideIcon; text: string; rest?: string; tone: string; turns?: true }> =
  {
    opening: { icon: LoaderCircle, text: 'Opening…', tone: 'text-muted', turns: true },
    saved: { icon: Check, text: 'Saved', tone: 'text-success' },
    saving: { icon: LoaderCircle, text: 'Saving…', tone: 'text-muted', turns: true },
    reconnecting: { icon: PlugZap, text: 'Reconnecting…', tone: 'text-warn' },
    offline: { icon: CloudOff, text: 'Offline', rest: ' — edits are kept here', tone: 'text-warn' },
    'view-only': { icon: Eye, text: 'View only', tone: 'text-muted' },
    refused: { icon: TriangleAlert, text: 'Not available', tone: 'text-danger' },
  }

/** Whether my own work is safe. Announced politely as it changes. */
export function SaveMark({ sign }: { sign: SaveSign }) {
  const { icon: Icon, text, rest = '', tone, turns } = MARKS[sign]
  return (
    <span
      role="status"
      aria-label="Save state"
      title={text + rest}
      className={classes('inline-flex shrink-0 items-center gap-1.5 text-xs font-medium', tone)}
    >
      <Icon aria-hidden className={classes('size-3.5', turns === true && 'animate-spin')} />
      <span>
        {text}
        {rest !== '' && <span className="max-sm:sr-only">{rest}</span>}
      </span>
    </span>
  )
}
