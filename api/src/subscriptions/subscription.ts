import { type PanelId, toVersion, type Unsubscribe, type Version } from '@nexus/core'
import type { PanelChange } from '../replicas/panel-patches.ts'
import type { PanelFeed } from './panel-feed.ts'
import { type StateText, syncText, updateText } from './state-messages.ts'

/** Further back than this the whole state is sent instead of what happened since. */
const MAX_REPLAYED = 1_000
/** What is kept while older changes are read. */
const MAX_HELD = 1_000

/** Where a subscriber's messages go. */
export interface Sink {
  send(message: StateText): void
  /** Bytes handed over and not on their way yet. */
  readonly backlogBytes: number
  /** Calls back once when nothing is left of the backlog. */
  whenDrained(callback: () => void): void
}

export interface SubscriptionParts {
  readonly feed: PanelFeed
  readonly panelId: PanelId
  readonly sink: Sink
  /** The version the subscriber has; `null`: none. */
  readonly fromVersion: Version | null
  /** What the versions of a range did, in order. */
  readonly changes: (range: { readonly from: Version; readonly to: Version }) => AsyncIterable<PanelChange>
  /** Does `work`, which reads changes, when it is its turn. @throws When there is none, or it is over. */
  readonly inTurn: (work: () => Promise<void>, over: AbortSignal) => Promise<void>
  /** A subscriber with more than this behind is sent the whole state later instead of every change. */
  readonly maxBacklogBytes: number
  /** The feed has ended; the subscriber is to begin anew. */
  readonly onEnd: () => void
}

type Mode =
  /** What came before the present is being read; what comes meanwhile is held. */
  | { readonly kind: 'catching up'; readonly held: PanelChange[] }
  | { readonly kind: 'live' }
  /** The subscriber reads too slowly: it gets the whole state when it has read what it has. */
  | { readonly kind: 'behind' }
  | { readonly kind: 'over' }

/**
 * Tells one subscriber of one panel, from the version it has on: each change once and in order, or the whole state where
 * that is not possible. What it has been told is at every moment the state at the version it was told last.
 *
 * @returns What ends it.
 */
export function beginSubscription(parts: SubscriptionParts): Unsubscribe {
  const { feed, panelId, sink } = parts
  let mode: Mode = { kind: 'live' }
  let told: Version | null = parts.fromVersion
  const over = new AbortController()

  const sync = (): void => {
    const now = feed.now()
    told = now.version
    mode = { kind: 'live' }
    sink.send(syncText(panelId, now))
  }
  const tell = (change: PanelChange): void => {
    if (told === null || change.version <= told) return
    if (sink.backlogBytes > parts.maxBacklogBytes) fallBehind()
    // Something in between is not in the log any more.
    else if (change.firstVersion > told + 1) sync()
    else {
      sink.send(updateText(panelId, change, told))
      told = change.version
    }
  }
  const fallBehind = (): void => {
    mode = { kind: 'behind' }
    sink.whenDrained(() => {
      if (mode.kind === 'behind') sync()
    })
  }
  const stopListening = feed.listen({
    onChange: (change) => {
      if (mode.kind === 'live') tell(change)
      else if (mode.kind === 'catching up') hold(mode.held, change)
    },
    onEnd: parts.onEnd,
  })
  const hold = (held: PanelChange[], change: PanelChange): void => {
    if (held.push(change) > MAX_HELD) fallBehind()
  }

  async function replay(from: Version): Promise<void> {
    const held: PanelChange[] = []
    const catchingUp: Mode = { kind: 'catching up', held }
    mode = catchingUp
    const isStill = (): boolean => mode === catchingUp
    await parts.inTurn(async () => {
      if (!isStill()) return
      for await (const change of parts.changes({ from, to: feed.version })) {
        if (!isStill()) return
        tell(change)
      }
    }, over.signal)
    for (const change of held) if (isStill()) tell(change)
    if (!isStill()) return
    if (told === feed.version) mode = { kind: 'live' }
    else sync()
  }

  const missing = told === null ? Number.POSITIVE_INFINITY : feed.version - told
  // A version from the future is one of a log that was put back; its state is nobody's.
  const isAnew = missing < 0 || missing > MAX_REPLAYED
  if (isAnew && sink.backlogBytes > parts.maxBacklogBytes) fallBehind()
  else if (isAnew) sync()
  else if (missing > 0 && told !== null) {
    replay(toVersion(told + 1)).catch(() => {
      if (mode.kind === 'catching up') sync()
    })
  }
  return () => {
    mode = { kind: 'over' }
    over.abort()
    stopListening()
  }
}
