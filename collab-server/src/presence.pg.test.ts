import type { HocuspocusProvider } from '@hocuspocus/provider'
import { createNodeId, type Fanout, type NodePulse, type PresenceMessage } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import * as decoding from 'lib0/decoding'
import { describe, expect, test } from 'vitest'
import { encodeAwareness, parseAwareness } from './presence/awareness-entries.ts'
import { RawSocket } from './testkit/raw-socket.ts'
import { isSaved, stateOf, type TestNode } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

/** What `provider` sees of others: user id by client id. */
const seenBy = ({ awareness, document }: HocuspocusProvider) =>
  [...(awareness?.getStates() ?? [])]
    .filter(([clientId]) => clientId !== document.clientID)
    .flatMap(([, state]) => (state.user === undefined ? [] : [state.user]))

const show = (provider: HocuspocusProvider, id: string, name = id): void =>
  provider.awareness?.setLocalStateField('user', { id, name, color: '#123456' })

const FAST = {
  COLLAB_PRESENCE_DELAY_MS: 5,
  COLLAB_PRESENCE_RENEWAL_MS: 50,
  COLLAB_PRESENCE_HEARTBEAT_MS: 20,
  COLLAB_PRESENCE_SILENCE_MS: 200,
}

/** A fan-out whose messages a test can hold back, as those of a process that is stopped, and which can say it is down. */
function cuttable(fanout: Fanout) {
  const state = { isCut: false, isHealthy: true }
  const gaps = new Set<() => void>()
  const unlessCut =
    <Message>(publish: (message: Message) => void) =>
    (message: Message): void => {
      if (!state.isCut) publish(message)
    }
  return {
    state,
    gap: () => {
      for (const listener of gaps) listener()
    },
    fanout: {
      ...fanout,
      publishPresence: unlessCut(fanout.publishPresence),
      publishPulse: unlessCut(fanout.publishPulse),
      isHealthy: () => state.isHealthy,
      onGap: (listener: () => void) => {
        gaps.add(listener)
        return () => void gaps.delete(listener)
      },
    },
  }
}

/** Alice and Bob in one document, on one server or on two that hear each other. */
async function together(serverCount: 1 | 2) {
  const { document } = await nodes.panel()
  const fanout = createMemoryFanout()
  const here = await nodes.start({ fanout, options: FAST })
  const there = serverCount === 1 ? here : await nodes.start({ fanout, options: FAST })
  const [aliceTab, bobTab] = [nodes.tab(here, 'alice'), nodes.tab(there, 'bob')]
  const [alice, bob] = [aliceTab.open(document), bobTab.open(document)]
  await until(() => isSaved(alice) && isSaved(bob))
  return { document, fanout, here, there, aliceTab, bobTab, alice, bob }
}

describe.each([1, 2] as const)('on %i server(s)', (serverCount) => {
  test('[COL80] people see who else is there, and who has left', async () => {
    const { alice, bob, aliceTab } = await together(serverCount)
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    expect(seenBy(bob)).toEqual([{ id: 'alice', name: 'alice', color: '#123456' }])
    aliceTab.close()
    await until(() => seenBy(bob).length === 0)
  })

  test('[COL81] who comes later sees who is there already', async () => {
    const { document, alice, there } = await together(serverCount)
    show(alice, 'alice')
    const late = nodes.tab(there, 'bob').open(document)
    await until(() => seenBy(late).length === 1)
  })

  test('[COL82] a reconnected tab is seen once, and leaves nothing behind', async () => {
    const { alice, bob, aliceTab } = await together(serverCount)
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    aliceTab.socket.webSocket?.close()
    await until(() => !alice.isAuthenticated)
    await until(() => isSaved(alice) && seenBy(bob).length === 1)
    aliceTab.close()
    await until(() => seenBy(bob).length === 0)
  })
})

test('[COL82] a tab whose old socket ends after its new one began stays visible', async () => {
  const { document, alice, bob, aliceTab, here } = await together(1)
  show(alice, 'alice')
  await until(() => seenBy(bob).length === 1)
  const next = nodes.tab(here, 'alice')
  // The same client, with the clock it had: what a browser does on a new socket.
  const again = next.open(document, { document: alice.document, awareness: alice.awareness })
  await until(() => isSaved(again) && here.server.counts().sockets === 3)
  again.awareness?.setLocalStateField('cursor', 1)
  await until(() => [...(bob.awareness?.getStates().values() ?? [])].some(({ cursor }) => cursor === 1))
  aliceTab.socket.webSocket?.close()
  aliceTab.socket.disconnect()
  await until(() => here.server.counts().sockets === 2)
  expect(seenBy(bob)).toHaveLength(1)
  next.socket.disconnect()
  await until(() => seenBy(bob).length === 0)
})

describe.each([
  // Alice stays where she is; Bob's socket breaks, and he comes back.
  { serverCount: 1, back: 'where he was' },
  { serverCount: 2, back: 'where he was' },
  { serverCount: 2, back: "on Alice's server" },
  { serverCount: 2, back: 'on a server that has not opened the document' },
] as const)('who comes back ($serverCount server(s), $back)', ({ serverCount, back }) => {
  const reconnected = async () => {
    const { document, fanout, here, alice, aliceTab, bob, bobTab } = await together(serverCount)
    show(alice, 'alice')
    show(bob, 'bob')
    await until(() => seenBy(bob).length === 1 && seenBy(alice).length === 1)
    bobTab.socket.webSocket?.close()
    await until(() => !bob.isAuthenticated && seenBy(bob).length === 0)
    if (back === 'where he was') {
      await until(() => isSaved(bob))
      return { alice, aliceTab, bob }
    }
    bobTab.socket.disconnect()
    const next = back === "on Alice's server" ? here : await nodes.start({ fanout, options: FAST })
    const again = nodes.tab(next, 'bob').open(document, { document: bob.document, awareness: bob.awareness })
    await until(() => isSaved(again))
    return { alice, aliceTab, bob: again }
  }
  const cursorsSeenBy = ({ awareness }: HocuspocusProvider) =>
    [...(awareness?.getStates().values() ?? [])].map(({ cursor }) => cursor)

  test('[COL110] a reconnected tab sees within a second who is there', async () => {
    const { bob } = await reconnected()
    const since = performance.now()
    await until(() => seenBy(bob).length === 1)
    expect(performance.now() - since).toBeLessThan(1_000)
  })

  test('[COL110] and everybody goes on seeing who moves, renews and leaves', async () => {
    const { alice, aliceTab, bob } = await reconnected()
    await until(() => seenBy(bob).length === 1 && seenBy(alice).length === 1)
    for (const cursor of [1, 2, 3]) {
      alice.awareness?.setLocalStateField('cursor', cursor)
      await until(() => cursorsSeenBy(bob).includes(cursor))
    }
    bob.awareness?.setLocalStateField('cursor', 7)
    await until(() => cursorsSeenBy(alice).includes(7))
    expect(cursorsSeenBy(alice)).toContain(3)
    const clockAtBob = () => bob.awareness?.meta.get(alice.document.clientID)?.clock ?? 0
    const before = clockAtBob()
    alice.awareness?.setLocalState(alice.awareness.getLocalState())
    await until(() => clockAtBob() > before)
    aliceTab.close()
    await until(() => seenBy(bob).length === 0)
  })
})

/** The clock of the first client in the newest presence message. */
function clockHeardBy(socket: RawSocket, document: string): number {
  const body = socket.of(document, 1).at(-1) ?? new Uint8Array(1)
  return parseAwareness(decoding.readVarUint8Array(decoding.createDecoder(body)))?.[0]?.clock ?? 0
}

test.each([
  { isOpenThere: true, isEchoLost: false },
  { isOpenThere: false, isEchoLost: false },
  // Both servers give the client the same clock then, and it is hidden for a moment.
  { isOpenThere: false, isEchoLost: true },
])(
  '[COL82] a tab that comes back on another server stays visible when its old socket ends (%j)',
  async ({ isOpenThere, isEchoLost }) => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const [here, there] = [
      await nodes.start({ fanout, options: FAST }),
      await nodes.start({ fanout, options: FAST }),
    ]
    const bob = nodes.tab(here, 'bob').open(document)
    await until(() => isSaved(bob))
    const enter = async ({ url }: TestNode, clock: number): Promise<RawSocket> => {
      const socket = await RawSocket.open(url)
      socket.auth(document, nodes.signer.tokenOf('alice'))
      socket.awareness(document, encodeAwareness([{ clientId: 7, clock, state: { user: { id: 'alice' } } }]))
      return socket
    }
    using old = await enter(here, 3)
    await until(() => seenBy(bob).length === 1 && old.of(document, 1).length > 0)
    const carol = () => nodes.tab(there, 'bob').open(document)
    const before = isOpenThere ? carol() : null
    if (before !== null) await until(() => seenBy(before).length === 1)
    const published: PresenceMessage[] = []
    await fanout.onPresence(document, (message) => published.push(message))
    // What a browser says on a new socket: the same client, with the clock it has heard of itself.
    using next = await enter(there, isEchoLost ? 3 : clockHeardBy(old, document))
    await until(() =>
      published.some(({ sender, awareness }) => sender === there.nodeId && awareness[0] === 1),
    )
    const after = before ?? carol()
    await until(() => seenBy(after).length === 1)
    const removed: number[] = []
    for (const { awareness } of [bob, after])
      awareness?.on('change', (change: { removed: number[] }) => removed.push(...change.removed))
    old[Symbol.dispose]()
    await until(() => here.server.counts().sockets === 1)
    // What bob shows now travels as the end of the old socket would have, and after it.
    show(bob, 'bob')
    await until(() => seenBy(after).length === 2 && seenBy(bob).length === 1)
    if (!isEchoLost) expect(removed).toEqual([])
    next[Symbol.dispose]()
    await until(() => seenBy(bob).length === 0 && seenBy(after).length === 1)
  },
)

describe('between servers', () => {
  const apart = async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const [alices, bobs] = [cuttable(fanout), cuttable(fanout)]
    const here = await nodes.start({ fanout: alices.fanout, options: FAST })
    const there = await nodes.start({ fanout: bobs.fanout, options: FAST })
    const [alice, bob] = [nodes.tab(here, 'alice').open(document), nodes.tab(there, 'bob').open(document)]
    await until(() => isSaved(alice) && isSaved(bob))
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    return { document, fanout, alices, bobs, here, there, alice, bob }
  }

  test('[COL83] the people of a server that falls silent disappear, and are back when it speaks', async () => {
    const { alices, bob } = await apart()
    alices.state.isCut = true
    await until(() => seenBy(bob).length === 0)
    alices.state.isCut = false
    await until(() => seenBy(bob).length === 1)
  })

  test('[COL90] while messages are surely lost nobody is taken for gone; after it the silent ones are', async () => {
    const { alices, bobs, alice, bob } = await apart()
    for (const { state } of [alices, bobs]) {
      state.isCut = true
      state.isHealthy = false
    }
    // Five times the silence that means an end.
    const waitedUntil = performance.now() + 5 * FAST.COLLAB_PRESENCE_SILENCE_MS
    await until(() => performance.now() > waitedUntil)
    expect(seenBy(bob)).toHaveLength(1)
    alice.awareness?.setLocalStateField('cursor', 7)
    for (const { state, gap } of [alices, bobs]) {
      state.isCut = false
      state.isHealthy = true
      gap()
    }
    await until(() => [...(bob.awareness?.getStates().values() ?? [])].some(({ cursor }) => cursor === 7))
    alices.state.isCut = true
    await until(() => seenBy(bob).length === 0)
  })

  test('[COL91] a server that ends says so once, and its people disappear at once', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const patient = { ...FAST, COLLAB_PRESENCE_SILENCE_MS: 60_000 }
    const [here, there] = [
      await nodes.start({ fanout, options: patient }),
      await nodes.start({ fanout, options: patient }),
    ]
    const [alice, bob] = [nodes.tab(here, 'alice').open(document), nodes.tab(there, 'bob').open(document)]
    await until(() => isSaved(alice) && isSaved(bob))
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    const leaving: NodePulse[] = []
    await fanout.onPulse((pulse) => {
      if (pulse.state === 'leaving') leaving.push(pulse)
    })
    await here.server[Symbol.asyncDispose]()
    await until(() => seenBy(bob).length === 0)
    expect(leaving).toEqual([{ node: here.nodeId, state: 'leaving' }])
  })

  test('[COL92] a server that only lives says so for all of its documents together', async () => {
    const { document, fanout, here, bob } = await apart()
    const messages: PresenceMessage[] = []
    let pulses = 0
    await fanout.onPresence(document, (message) => messages.push(message))
    await fanout.onPulse(({ node }) => {
      if (node === here.nodeId) pulses += 1
    })
    await until(() => pulses > 20)
    expect(messages).toEqual([])
    expect(seenBy(bob)).toHaveLength(1)
  })

  test('[COL93] presence said again unchanged is gathered, and reaches everybody', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const options = { ...FAST, COLLAB_PRESENCE_RENEWAL_MS: 1_000 }
    const [here, there] = [await nodes.start({ fanout, options }), await nodes.start({ fanout, options })]
    const [alice, carol] = [nodes.tab(here, 'alice').open(document), nodes.tab(here, 'bob').open(document)]
    const bob = nodes.tab(there, 'bob').open(document)
    await until(() => [alice, bob, carol].every(isSaved))
    show(alice, 'alice')
    await until(() => [bob, carol].every((provider) => seenBy(provider).length === 1))
    const messages: PresenceMessage[] = []
    await fanout.onPresence(document, (message) => messages.push(message))
    const clockAt = ({ awareness }: HocuspocusProvider) =>
      awareness?.meta.get(alice.document.clientID)?.clock ?? 0
    for (let round = 0; round < 20; round += 1) {
      alice.awareness?.setLocalState(alice.awareness.getLocalState())
      // The server has taken it when it has saved what came after it.
      stateOf(alice).set('round', round)
      await until(() => isSaved(alice))
    }
    const said = clockAt(alice)
    await until(() => clockAt(carol) === said && clockAt(bob) === said)
    expect(messages.length).toBeLessThan(5)
  })

  test('[COL94] many who leave at once are few messages', async () => {
    const { document, fanout, here, bob } = await apart()
    const crowd = Array.from({ length: 30 }, () => nodes.tab(here, 'alice'))
    const providers = crowd.map((tab) => tab.open(document))
    await until(() => providers.every(isSaved))
    for (const provider of providers) show(provider, 'alice')
    await until(() => seenBy(bob).length === 31)
    const messages: PresenceMessage[] = []
    await fanout.onPresence(document, (message) => messages.push(message))
    for (const tab of crowd) tab.close()
    await until(() => seenBy(bob).length === 1)
    expect(messages.length).toBeLessThan(15)
  })

  test('[COL84] many moves of one person are few messages', async () => {
    const { alice, bob, fanout, document, here } = await together(2)
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    let messages = 0
    await fanout.onPresence(document, ({ sender }) => {
      if (sender === here.nodeId) messages += 1
    })
    for (let cursor = 0; cursor < 200; cursor += 1) alice.awareness?.setLocalStateField('cursor', cursor)
    await until(() => [...(bob.awareness?.getStates().values() ?? [])].some(({ cursor }) => cursor === 199))
    expect(messages).toBeLessThan(50)
  })
})

describe('identity', () => {
  test('[COL85] a client cannot show itself as somebody else', async () => {
    const { alice, bob } = await together(1)
    show(alice, 'bob')
    alice.awareness?.setLocalStateField('cursor', 1)
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    expect(seenBy(bob)).toEqual([{ id: 'alice', name: 'alice', color: '#123456' }])
  })

  test('[COL97] a client that shows a name and no id is seen, as who it signed in as', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const [alice, bob] = [nodes.tab(node, 'alice').open(document), nodes.tab(node, 'bob').open(document)]
    await until(() => isSaved(alice) && isSaved(bob))
    alice.awareness?.setLocalStateField('user', { name: 'alice', color: '#2f6feb' })
    await until(() => seenBy(bob).length === 1)
    const shown = [...(bob.awareness?.getStates().values() ?? [])].find(({ user }) => user !== undefined)
    expect(shown?.user).toEqual({ id: 'alice', name: 'alice', color: '#2f6feb' })
  })

  test("[COL86] a client cannot take another user's name", async () => {
    const { alice, bob } = await together(1)
    show(alice, 'alice', 'bob')
    await until(() => seenBy(bob).length === 1)
    expect(seenBy(bob)).toEqual([{ id: 'alice', name: 'alice', color: '#123456' }])
  })

  test('[COL87] a client can neither change nor remove what another one shows', async () => {
    const { document, alice, bob, here } = await together(1)
    show(bob, 'bob')
    await until(() => seenBy(alice).length === 1)
    using socket = await RawSocket.open(here.url)
    socket.auth(document, nodes.signer.tokenOf('alice'))
    await until(() => socket.of(document, 2).length > 0)
    const clientId = bob.document.clientID
    socket.awareness(
      document,
      encodeAwareness([{ clientId, clock: 1_000, state: { user: { id: 'alice' } } }]),
    )
    socket.awareness(document, encodeAwareness([{ clientId, clock: 1_001, state: null }]))
    socket.awareness(document, encodeAwareness([{ clientId: 7, clock: 1, state: { user: { id: 'alice' } } }]))
    await until(() => seenBy(bob).length === 1)
    expect(seenBy(alice)).toContainEqual({ id: 'bob', name: 'bob', color: '#123456' })
  })

  test.each([1, 2] as const)(
    '[COL111] nobody takes the client id of a user who is away for a moment (%i server(s))',
    async (serverCount) => {
      const { document, alice, bob, aliceTab, there } = await together(serverCount)
      show(alice, 'alice')
      await until(() => seenBy(bob).length === 1)
      aliceTab.socket.disconnect()
      await until(() => seenBy(bob).length === 0)
      using socket = await RawSocket.open(there.url)
      socket.auth(document, nodes.signer.tokenOf('bob'))
      await until(() => socket.of(document, 2).length > 0)
      const clientId = alice.document.clientID
      const taken = { clientId, clock: 1_000, state: { user: { id: 'bob', name: 'taken' } } }
      socket.awareness(document, encodeAwareness([taken]))
      socket.awareness(document, encodeAwareness([{ ...taken, state: {} }]))
      socket.awareness(document, encodeAwareness([{ clientId: 7, clock: 1, state: { user: { id: 'bob' } } }]))
      await until(() => seenBy(bob).length === 1)
      expect(bob.awareness?.getStates().has(clientId)).toBe(false)
      await aliceTab.socket.connect()
      await until(() => bob.awareness?.getStates().get(clientId)?.user?.id === 'alice')
    },
  )

  test('[COL111] what another server says does not give a client id to somebody else', async () => {
    const { document, fanout, alice, bob } = await together(2)
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    const clientId = alice.document.clientID
    const entries = [
      { clientId, clock: 1_000, state: { user: { id: 'bob' } } },
      { clientId: 7, clock: 1, state: { user: { id: 'bob' } } },
    ]
    fanout.publishPresence({ document, sender: createNodeId(), awareness: encodeAwareness(entries) })
    await until(() => seenBy(alice).length === 1 && seenBy(bob).length === 2)
    expect(bob.awareness?.getStates().get(clientId)?.user.id).toBe('alice')
  })

  test('[COL112] one user shows at most 64 clients, over however many sockets and sessions; others are seen', async () => {
    const { document, alice, bob, here, there } = await together(2)
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 1)
    using crowd = await RawSocket.open(here.url)
    const shownAsAlice = () =>
      [...(bob.awareness?.getStates().values() ?? [])].filter(({ user }) => user?.id === 'alice').length
    for (let session = 0; session < 20; session += 1) {
      const address = `${document}\0${session}`
      crowd.auth(address, nodes.signer.tokenOf('alice'))
      await until(() => crowd.of(address, 2).length > 0)
      const entries = Array.from({ length: 8 }, (_, at) => ({ clientId: 1 + session * 8 + at, clock: 1 }))
      const state = { user: { id: 'alice' } }
      crowd.awareness(address, encodeAwareness(entries.map((entry) => ({ ...entry, state }))))
    }
    await until(() => shownAsAlice() >= 64)
    using elsewhere = await RawSocket.open(there.url)
    elsewhere.auth(document, nodes.signer.tokenOf('alice'))
    await until(() => elsewhere.of(document, 2).length > 0)
    elsewhere.awareness(
      document,
      encodeAwareness([{ clientId: 900, clock: 1, state: { user: { id: 'alice' } } }]),
    )
    show(bob, 'bob')
    await until(() => seenBy(alice).some((user) => user.id === 'bob'))
    expect(shownAsAlice()).toBe(64)
    expect(bob.awareness?.getStates().has(900)).toBe(false)
    // Who leaves makes room.
    crowd.awareness(`${document}\x000`, encodeAwareness([{ clientId: 1, clock: 9, state: null }]))
    await until(() => shownAsAlice() === 63)
    elsewhere.awareness(
      document,
      encodeAwareness([{ clientId: 901, clock: 1, state: { user: { id: 'alice' } } }]),
    )
    await until(() => bob.awareness?.getStates().has(901) ?? false)
    expect(shownAsAlice()).toBe(64)
  })

  test('[COL88] presence that cannot be shown is passed on to nobody', async () => {
    const { document, bob, here } = await together(2)
    using socket = await RawSocket.open(here.url)
    socket.auth(document, nodes.signer.tokenOf('alice'))
    await until(() => socket.of(document, 2).length > 0)
    // Awareness takes nothing with clock 0.
    socket.awareness(document, encodeAwareness([{ clientId: 9, clock: 0, state: { user: { id: 'alice' } } }]))
    socket.awareness(document, encodeAwareness([{ clientId: 8, clock: 1, state: { user: { id: 'alice' } } }]))
    await until(() => seenBy(bob).length === 1)
    expect(bob.awareness?.getStates().has(9)).toBe(false)
  })

  test('[COL89] one connection shows a handful of clients, however many it names, and others are still seen', async () => {
    const { document, alice, bob, here } = await together(1)
    using socket = await RawSocket.open(here.url)
    socket.auth(document, nodes.signer.tokenOf('alice'))
    await until(() => socket.of(document, 2).length > 0)
    for (let first = 1; first < 5_000; first += 500) {
      const crowd = Array.from({ length: 500 }, (_, at) => ({ clientId: first + at, clock: 1 }))
      socket.awareness(document, encodeAwareness(crowd.map((entry) => ({ ...entry, state: {} }))))
      socket.awareness(document, encodeAwareness(crowd.map((entry) => ({ ...entry, clock: 2, state: null }))))
    }
    socket.awareness(document, encodeAwareness([{ clientId: 3, clock: 3, state: { user: { id: 'alice' } } }]))
    await until(() => seenBy(bob).length === 1)
    show(alice, 'alice')
    await until(() => seenBy(bob).length === 2)
    expect(bob.awareness?.meta.size).toBeLessThan(30)
  })

  test('[COL88] presence of absurd depth or size ends its socket', async () => {
    const { document, here } = await together(1)
    for (const state of [`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, `{"a":"${'x'.repeat(20_000)}"}`]) {
      using socket = await RawSocket.open(here.url)
      socket.auth(document, nodes.signer.tokenOf('alice'))
      await until(() => socket.of(document, 2).length > 0)
      socket.awareness(document, encodeAwareness([{ clientId: 9, clock: 1, state: JSON.parse(state) }]))
      expect([4400, 1009]).toContain((await socket.closed).code)
    }
  })
})
