/** What the sign beside a panel's name says. */
export type SaveSign =
  /** Not read yet. */
  | 'opening'
  /** Everything typed here is committed on the server. */
  | 'saved'
  | 'saving'
  | 'reconnecting'
  /** No connection for a while; edits stay in this browser. */
  | 'offline'
  | 'view-only'
  /** The server says no: deleted, or not ours any more. */
  | 'refused'

/** What is known about one document's connection. */
export interface LinkFacts {
  readonly connected: boolean
  /** The server has let us in since the last connect. */
  readonly authenticated: boolean
  /** Edits, or the greeting after a connect, that the server has not acknowledged. */
  readonly unsaved: boolean
  readonly readOnly: boolean
  readonly refused: boolean
  /** The first exchange with the server is done, at any time. */
  readonly everSynced: boolean
  /** The browser itself says there is no network. */
  readonly browserOffline: boolean
}

/**
 * Quiet time before "Saved", ms. After a reconnect the counter of the provider may touch zero a few milliseconds before the
 * last queued edit is acknowledged.
 */
export const SAVED_AFTER_MS = 300
/** A shorter break is "Reconnecting…", a longer one "Offline", ms. */
export const OFFLINE_AFTER_MS = 3_000

type Verdict =
  | { readonly sign: SaveSign; readonly later: null }
  | { readonly sign: SaveSign; readonly later: { readonly sign: SaveSign; readonly afterMs: number } }

const steady = (sign: SaveSign): Verdict => ({ sign, later: null })

function withoutLink(current: SaveSign, facts: LinkFacts): Verdict {
  if (current === 'offline' || (facts.browserOffline && !facts.connected)) return steady('offline')
  const sign = facts.everSynced ? 'reconnecting' : 'opening'
  return { sign, later: { sign: 'offline', afterMs: OFFLINE_AFTER_MS } }
}

function withLink(current: SaveSign, facts: LinkFacts): Verdict {
  if (facts.unsaved) return steady(facts.everSynced ? 'saving' : 'opening')
  if (current === 'saved') return steady('saved')
  const sign = facts.everSynced && current !== 'opening' ? 'saving' : 'opening'
  return { sign, later: { sign: 'saved', afterMs: SAVED_AFTER_MS } }
}

/** The sign for these facts after `current`, and what it becomes if the facts stay so. */
export function judge(current: SaveSign, facts: LinkFacts): Verdict {
  if (facts.refused) return steady('refused')
  if (!facts.connected || !facts.authenticated) return withoutLink(current, facts)
  if (facts.readOnly) return steady(facts.everSynced ? 'view-only' : 'opening')
  return withLink(current, facts)
}

interface SaveSignWatch {
  readonly current: SaveSign
  update(facts: LinkFacts): void
  stop(): void
}

/** Follows the facts of one document; `onChange` hears each new sign once. */
export function watchSaveSign(onChange: (sign: SaveSign) => void): SaveSignWatch {
  let current: SaveSign = 'opening'
  let pending: { sign: SaveSign; timer: ReturnType<typeof setTimeout> } | null = null

  const become = (sign: SaveSign): void => {
    if (sign === current) return
    current = sign
    onChange(sign)
  }
  const cancel = (): void => {
    if (pending !== null) clearTimeout(pending.timer)
    pending = null
  }

  return {
    get current() {
      return current
    },
    update: (facts) => {
      const { sign, later } = judge(current, facts)
      // A clock that runs already goes on: news that change nothing must not put "Saved" or "Offline" off.
      if (later === null || pending?.sign !== later.sign || later.sign === 'saved') cancel()
      become(sign)
      if (later === null || pending !== null) return
      const timer = setTimeout(() => {
        pending = null
        become(later.sign)
      }, later.afterMs)
      pending = { sign: later.sign, timer }
    },
    stop: cancel,
  }
}
