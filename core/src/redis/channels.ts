import type { Redis } from 'ioredis'
import type { Unsubscribe } from '../ports/fanout.ts'
import { SUBSCRIBE_TIMEOUT_MS } from './connection.ts'

/** Channels per command. */
const CHUNK = 1_000
/** Pause before channels that could not be subscribed are tried again, ms. */
const RETRY_MS = 500

/** Which of Redis's three ways of subscribing a channel uses, and what may share a command with it. */
export interface ChannelKind {
  readonly command: 'subscribe' | 'psubscribe' | 'ssubscribe'
  /** Channels of different slots cannot be subscribed by one command. */
  readonly slot?: number
}

interface ChannelsParts {
  readonly kindOf: (channel: string) => ChannelKind
  /** The connection that shall carry such a channel; `null` while there is none that works. */
  readonly placeOf: (kind: ChannelKind) => Redis | null
  /** Redis is (back) there, or moved channels are subscribed again; before, messages were lost. */
  readonly onGap: () => void
  /** A channel was refused where it should be. */
  readonly onRefused: () => void
}

interface Use {
  readonly kind: ChannelKind
  users: number
  /** Where it is subscribed, or being subscribed. */
  place: Redis | null
  subscribed: Promise<void>
}

/** One command. */
interface Order {
  readonly command: ChannelKind['command']
  readonly place: Redis
  readonly names: readonly string[]
}

/** The channels of this process, each subscribed as long as somebody wants it, at whichever connection it belongs. */
export interface Channels {
  /**
   * Resolves when Redis sends what is published on `channel` (ending in `*`: on all that begin so) from now on. While Redis is
   * away it resolves at once, and while it hangs within 2 s: the channel is subscribed when Redis is back.
   */
  use(channel: string): Promise<Unsubscribe>
  isUsed(channel: string): boolean
  /** Whether every channel is where it should be. */
  isSettled(): boolean
  /** Nothing is subscribed on this connection any more. */
  drop(place: Redis): void
  /** Subscribes what is not where it should be, then tells the gap. */
  settle(): void
  /** The first attempt to connect is over; who waits for it goes on. */
  begin(): void
  close(): void
}

export function createChannels(parts: ChannelsParts): Channels {
  const { kindOf, placeOf } = parts
  const uses = new Map<string, Use>()
  const begun = Promise.withResolvers<void>()
  const impatience = setTimeout(begun.resolve, SUBSCRIBE_TIMEOUT_MS).unref()
  let isSettling = false
  let isAskedAgain = false
  let isClosed = false
  let retry: NodeJS.Timeout | null = null

  /** On one connection commands keep their order, so who lets go meanwhile undoes it. */
  async function subscribe({ command, place, names }: Order): Promise<void> {
    for (const name of names) setPlace(name, place)
    try {
      await place[command](...names)
    } catch {
      for (const name of names) if (uses.get(name)?.place === place) setPlace(name, null)
      if (!isClosed) retry ??= setTimeout(tryAgain, RETRY_MS).unref()
      parts.onRefused()
    }
  }

  function setPlace(name: string, place: Redis | null): void {
    const use = uses.get(name)
    if (use !== undefined) use.place = place
  }

  function tryAgain(): void {
    retry = null
    void settle()
  }

  async function subscribeFirst(channel: string): Promise<void> {
    await begun.promise
    const use = uses.get(channel)
    if (use === undefined || use.place !== null) return
    const place = placeOf(use.kind)
    if (place !== null) await subscribe({ command: use.kind.command, place, names: [channel] })
  }

  /** What brings each channel to where it should be. */
  function orders(): Order[] {
    const groups = new Map<string, { command: ChannelKind['command']; place: Redis; names: string[] }>()
    for (const [name, { kind, place: current }] of uses) {
      const place = placeOf(kind)
      if (place === null || place === current) continue
      const key = `${kind.command} ${kind.slot ?? ''}`
      const group = groups.get(key) ?? { command: kind.command, place, names: [] }
      group.names.push(name)
      groups.set(key, group)
    }
    return [...groups.values()].flatMap(({ names, ...order }) =>
      chunks(names).map((some) => ({ ...order, names: some })),
    )
  }

  async function settle(): Promise<void> {
    isAskedAgain = true
    if (isSettling) return
    isSettling = true
    while (isAskedAgain && !isClosed) {
      isAskedAgain = false
      for (const some of chunks(orders())) await Promise.all(some.map(subscribe))
    }
    isSettling = false
    begun.resolve()
    if (!isClosed) parts.onGap()
  }

  function release(channel: string): void {
    const use = uses.get(channel)
    if (use === undefined) return
    use.users -= 1
    if (use.users > 0) return
    uses.delete(channel)
    if (use.place === null || use.place.status !== 'ready') return
    // It fails only because the connection is gone, and the subscription with it.
    use.place[UNDO[use.kind.command]](channel).catch(() => undefined)
  }

  return {
    async use(channel) {
      const use = uses.get(channel) ?? newUse(kindOf(channel))
      uses.set(channel, use)
      use.users += 1
      if (use.users === 1) use.subscribed = subscribeFirst(channel)
      await use.subscribed
      let isReleased = false
      return () => {
        if (!isReleased) release(channel)
        isReleased = true
      }
    },
    isUsed: (channel) => uses.has(channel),
    isSettled: () => [...uses.values()].every(({ kind, place }) => place !== null && place === placeOf(kind)),
    drop(place) {
      for (const use of uses.values()) if (use.place === place) use.place = null
    },
    settle: () => void settle(),
    begin: begun.resolve,
    close() {
      isClosed = true
      clearTimeout(impatience)
      if (retry !== null) clearTimeout(retry)
      begun.resolve()
    },
  }
}

const newUse = (kind: ChannelKind): Use => ({ kind, users: 0, place: null, subscribed: Promise.resolve() })

const UNDO = { subscribe: 'unsubscribe', psubscribe: 'punsubscribe', ssubscribe: 'sunsubscribe' } as const

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / CHUNK)
  return Array.from({ length: count }, (_, at) => items.slice(at * CHUNK, (at + 1) * CHUNK))
}
