import type { Fanout, Unsubscribe } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import type { Random } from '@nexus/core/testkit'
import type { Life } from './life.ts'
import type { FanoutWeather } from './plan.ts'
import type { Trace } from './trace.ts'

/** One process's end of the fan-out. */
interface End {
  readonly life: Life
  /** Listeners of the process itself hear at once, as with Redis. */
  readonly local: Fanout
  /** Channels it listens to, with how often. */
  readonly used: Map<string, number>
  /** Channels that the network knows it listens to. */
  readonly subscribed: Set<string>
  readonly gapListeners: Set<() => void>
  isConnected: boolean
}

interface Message {
  readonly channel: string
  deliver(to: Fanout): void
}

/** Carries hints between simulated processes as Redis does, or worse. */
export class SimulatedFanout {
  weather: FanoutWeather = 'calm'
  readonly #random: Random
  readonly #trace: Trace
  readonly #onListenerError: (error: unknown) => void
  readonly #ends = new Map<Life, End>()

  constructor(parts: {
    readonly random: Random
    readonly trace: Trace
    readonly onListenerError: (error: unknown) => void
  }) {
    this.#random = parts.random
    this.#trace = parts.trace
    this.#onListenerError = parts.onListenerError
  }

  portOf(life: Life): Fanout {
    const end: End = {
      life,
      local: createMemoryFanout({ onListenerError: this.#onListenerError }),
      used: new Map(),
      subscribed: new Set(),
      gapListeners: new Set(),
      isConnected: true,
    }
    this.#ends.set(life, end)
    life.onEnd(() => this.#ends.delete(life))
    const { local } = end
    const publish = (channel: string, deliver: (to: Fanout) => void): void => {
      deliver(local)
      this.#publish(end, { channel, deliver })
    }
    return {
      announce: (announcement) => publish(`u${announcement.document}`, (to) => to.announce(announcement)),
      publishPresence: (message) => publish(`p${message.document}`, (to) => to.publishPresence(message)),
      publishNotice: (notice) => publish(`n${notice.workspaceId}`, (to) => to.publishNotice(notice)),
      publishPulse: (pulse) => publish('pulse', (to) => to.publishPulse(pulse)),
      publishEnded: (credential) => publish('ended', (to) => to.publishEnded(credential)),
      onAnnouncement: (document, listener) =>
        this.#listen(end, `u${document}`, local.onAnnouncement(document, listener)),
      onPresence: (document, listener) =>
        this.#listen(end, `p${document}`, local.onPresence(document, listener)),
      onNotice: (workspaceId, listener) =>
        this.#listen(end, `n${workspaceId}`, local.onNotice(workspaceId, listener)),
      onAnyNotice: (listener) => this.#listen(end, 'n', local.onAnyNotice(listener)),
      onPulse: (listener) => this.#listen(end, 'pulse', local.onPulse(listener)),
      onEnded: (listener) => this.#listen(end, 'ended', local.onEnded(listener)),
      onGap: (listener) => {
        end.gapListeners.add(listener)
        return () => void end.gapListeners.delete(listener)
      },
      isHealthy: () => end.isConnected,
      close: () => local.close(),
    }
  }

  /** From now on the process says nothing to others and hears nothing, and knows it. */
  cutOff(life: Life): void {
    const end = this.#ends.get(life)
    if (end === undefined) return
    end.isConnected = false
    end.subscribed.clear()
  }

  /** A moment later it hears again, and is told that it may have missed something. */
  reconnect(life: Life): void {
    const end = this.#ends.get(life)
    if (end === undefined || end.isConnected) return
    setTimeout(() => {
      if (end.isConnected || !life.act()) return
      end.isConnected = true
      for (const channel of end.used.keys()) end.subscribed.add(channel)
      for (const listener of [...end.gapListeners]) listener()
    }, this.#random.below(100))
  }

  #publish(from: End, message: Message): void {
    if (!from.life.act() || !from.isConnected) return
    for (const to of this.#ends.values()) {
      if (to !== from) this.#send(to, message)
    }
  }

  #send(to: End, message: Message): void {
    const luck = this.weather === 'rough' ? this.#random.below(10) : 9
    if (luck < 2) this.#trace.add(`a message to ${to.life.name} is lost`)
    else this.#deliver(to, message)
    if (luck === 2) this.#deliver(to, message)
  }

  #deliver(to: End, { channel, deliver }: Message): void {
    const afterMs = this.#random.below(this.weather === 'rough' ? 300 : 3)
    setTimeout(() => {
      if (to.isConnected && to.subscribed.has(channel) && to.life.act()) deliver(to.local)
    }, afterMs)
  }

  /** Here at once, in the network a moment later; while it is cut off, when it is back. */
  async #listen(end: End, channel: string, listening: Promise<Unsubscribe>): Promise<Unsubscribe> {
    const unlisten = await listening
    end.used.set(channel, (end.used.get(channel) ?? 0) + 1)
    await this.#subscribe(end, channel)
    return () => {
      unlisten()
      const left = (end.used.get(channel) ?? 1) - 1
      if (left > 0) end.used.set(channel, left)
      else {
        end.used.delete(channel)
        end.subscribed.delete(channel)
      }
    }
  }

  #subscribe(end: End, channel: string): Promise<void> {
    return new Promise((resolve) => {
      if (!end.life.act()) return
      setTimeout(
        () => {
          if (!end.life.act()) return
          if (end.isConnected && end.used.has(channel)) end.subscribed.add(channel)
          resolve()
        },
        this.#random.below(end.isConnected ? 3 : 300),
      )
    })
  }
}
