import { createPanelId, toVersion, type Version } from '@nexus/core'
import { expect, test, vi } from 'vitest'
import type { PanelChange } from '../replicas/panel-patches.ts'
import type { PanelFeed } from './panel-feed.ts'
import type { StateText } from './state-messages.ts'
import { beginSubscription, type SubscriptionParts } from './subscription.ts'

const changeTo = (version: number): PanelChange => ({
  version: toVersion(version),
  firstVersion: toVersion(version),
  userId: null,
  triggeredBy: 'user',
  triggerSource: null,
  occurredAt: new Date(0),
  patch: [],
})

/** A feed that is told what comes by the test. */
function someFeed(at: number) {
  const listeners = new Set<Parameters<PanelFeed['listen']>[0]>()
  let version = toVersion(at)
  const feed: PanelFeed = {
    get version() {
      return version
    },
    now: () => ({ version, updatedAt: new Date(0), json: '{}' }),
    reach: async () => undefined,
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop: () => undefined,
  }
  const goTo = (next: number): void => {
    version = toVersion(next)
    for (const listener of listeners) listener.onChange(changeTo(next))
  }
  return { feed, goTo }
}

/** Who has version 3 while the feed is at 6; `changes` is what can be read of those in between. */
function someSubscriber(
  changes: SubscriptionParts['changes'],
  inTurn: SubscriptionParts['inTurn'] = (work) => work(),
) {
  const { feed, goTo } = someFeed(6)
  const told: [StateText['type'], Version | null][] = []
  const stop = beginSubscription({
    feed,
    panelId: createPanelId(),
    sink: {
      send: ({ type, version }) => void told.push([type, version]),
      backlogBytes: 0,
      whenDrained: (callback) => void setImmediate(callback),
    },
    fromVersion: toVersion(3),
    changes,
    inTurn,
    maxBacklogBytes: 1_000,
    onEnd: () => undefined,
  })
  return { goTo, told, stop }
}

test('[SUB2] what cannot be read to its end is followed by the whole state', async () => {
  const { goTo, told } = someSubscriber(async function* () {
    yield changeTo(4)
  })
  await vi.waitFor(() => expect(told).toContainEqual(['state_sync', 6]))
  goTo(7)
  expect(told).toEqual([
    ['state_update', 4],
    ['state_sync', 6],
    ['state_update', 7],
  ])
})

test('[SUB2] also where something in between is missing, or reading fails', async () => {
  const missing = someSubscriber(async function* () {
    yield changeTo(4)
    yield changeTo(6)
  })
  const failing = someSubscriber(async function* () {
    yield changeTo(4)
    throw new Error('The log cannot be read.')
  })
  for (const { told } of [missing, failing]) {
    await vi.waitFor(() =>
      expect(told).toEqual([
        ['state_update', 4],
        ['state_sync', 6],
      ]),
    )
  }
})

test('[SUB2] also where too many wait for what they have missed; who ends meanwhile waits no longer', async () => {
  const never = async function* () {
    yield* []
    throw new Error('This is not to be read.')
  }
  const refused = someSubscriber(never, () => Promise.reject(new Error('too many')))
  await vi.waitFor(() => expect(refused.told).toEqual([['state_sync', 6]]))
  let over: AbortSignal | null = null
  const waiting = someSubscriber(never, (_work, signal) => {
    over = signal
    return new Promise(() => undefined)
  })
  waiting.stop()
  expect(over).toMatchObject({ aborted: true })
  expect(waiting.told).toEqual([])
})
