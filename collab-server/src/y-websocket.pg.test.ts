import { toUserId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { someApiKey } from '@nexus/core/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { isSaved, stateOf, type TestNode } from './testkit/test-node.ts'
import type { TestPanel } from './testkit/test-workspace.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()
const providers: WebsocketProvider[] = []
afterEach(() => {
  for (const provider of providers.splice(0)) provider.destroy()
})

/** A plain client, as any Yjs program has one. */
function connect(node: TestNode, { workspaceId, panelId }: TestPanel, token: string, document = new Y.Doc()) {
  const provider = new WebsocketProvider(
    `${node.url.replace('/collab', '/yjs')}/${workspaceId}`,
    panelId,
    document,
    { params: { token }, disableBc: true, WebSocketPolyfill: WebSocket as never, maxBackoffTime: 50 },
  )
  providers.push(provider)
  const closes: number[] = []
  provider.on('connection-close', (event) => {
    if (event !== null) closes.push(event.code)
  })
  return { provider, document, state: document.getMap('state'), closes }
}

const tokenOf = (user: string): string => nodes.signer.tokenOf(user)

describe('a client of y-websocket', () => {
  test('[YWS1] edits together with the others, on every server, and its edits are saved as its user’s', async () => {
    const panel = await nodes.panel()
    const fanout = createMemoryFanout()
    const [here, there] = [await nodes.start({ fanout }), await nodes.start({ fanout })]
    const alice = nodes.tab(there, 'alice').open(panel.document)
    const bob = connect(here, panel, tokenOf('bob'))
    await until(() => isSaved(alice) && bob.provider.synced)
    bob.state.set('from', 'bob')
    stateOf(alice).set('title', 'Plan')
    await until(() => stateOf(alice).get('from') === 'bob' && bob.state.get('title') === 'Plan')
    await until(async () => (await nodes.entriesOf(panel.document)).length === 3)
    const entries = await nodes.entriesOf(panel.document)
    expect(
      entries
        .map(({ userId }) => userId)
        .slice(1)
        .toSorted(),
    ).toEqual(['alice', 'bob'])
  })

  test('[YWS2] sees who is there, and is seen, under its own name, until it goes', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start()
    const alice = nodes.tab(node, 'alice').open(panel.document)
    const bob = connect(node, panel, tokenOf('bob'))
    await until(() => isSaved(alice) && bob.provider.synced)
    bob.provider.awareness.setLocalState({ user: { name: 'Somebody' }, at: 7 })
    alice.setAwarenessField('user', { id: 'alice', name: 'alice' })
    const others = () => [...(alice.awareness?.getStates().values() ?? [])].filter((state) => state.at === 7)
    await until(() => others().length === 1)
    expect(others()[0]?.user).toEqual({ id: 'bob', name: 'bob' })
    await until(() =>
      [...bob.provider.awareness.getStates().values()].some(({ user }) => user?.id === 'alice'),
    )
    bob.provider.disconnect()
    await until(() => others().length === 0)
  })

  test('[YWS11] repeats nobody: no cursor goes back, and who has left is gone', async () => {
    const panel = await nodes.panel()
    const fanout = createMemoryFanout()
    const [here, there] = [await nodes.start({ fanout }), await nodes.start({ fanout })]
    const alice = nodes.tab(there, 'alice').open(panel.document)
    // Of one user: what others repeat is refused by its name alone.
    const tabs = [here, here, there].map((node) => connect(node, panel, tokenOf('bob')))
    const [mover, ...others] = tabs
    if (mover === undefined) throw new Error('nobody moves')
    await until(() => isSaved(alice) && tabs.every(({ provider }) => provider.synced))
    const client = mover.document.clientID
    const places: number[] = []
    alice.awareness?.on('change', () => {
      const at = alice.awareness?.getStates().get(client)?.at
      if (typeof at === 'number') places.push(at)
    })
    for (let at = 1; at <= 60; at += 1) {
      mover.provider.awareness.setLocalState({ at })
      await new Promise((resolve) => setTimeout(resolve, 4))
    }
    await until(() => places.at(-1) === 60)
    expect(places).toEqual(places.toSorted((a, b) => a - b))

    mover.provider.awareness.setLocalState({ at: 61 })
    mover.provider.disconnect()
    const sees = ({ provider }: (typeof tabs)[number]) => provider.awareness.getStates().has(client)
    await until(() => !others.some(sees))
    // What each of them has repeated is there before this.
    others.forEach(({ provider }, index) => {
      provider.awareness.setLocalState({ seen: index })
    })
    const seen = () =>
      [...(alice.awareness?.getStates().values() ?? [])].filter((state) => state.seen !== undefined)
    await until(() => seen().length === others.length)
    expect(alice.awareness?.getStates().has(client)).toBe(false)
    expect(others.some(sees)).toBe(false)
  })

  test('[YWS11] repeats nobody from server to server', async () => {
    const panel = await nodes.panel()
    const fanout = createMemoryFanout()
    const [here, there] = [await nodes.start({ fanout }), await nodes.start({ fanout })]
    const tabs = [here, there].map((node) => connect(node, panel, tokenOf('bob')))
    await until(() => tabs.every(({ provider }) => provider.synced))
    tabs.forEach(({ provider }, index) => {
      provider.awareness.setLocalState({ at: index })
    })
    await until(() => tabs.every(({ provider }) => provider.awareness.getStates().size === 2))
    let messages = 0
    await fanout.onPresence(panel.document, () => {
      messages += 1
    })
    // A repetition goes round in less than a tenth of it.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(messages).toBeLessThanOrEqual(4)
  })

  test('[YWS11] comes back as itself, though its old connection is still there', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start()
    const alice = nodes.tab(node, 'alice').open(panel.document)
    const bob = connect(node, panel, tokenOf('bob'))
    await until(() => isSaved(alice) && bob.provider.synced)
    bob.provider.awareness.setLocalState({ at: 1 })
    const placeOfBob = () => alice.awareness?.getStates().get(bob.document.clientID)?.at
    await until(() => placeOfBob() === 1)
    // As after a change of network: the server does not know yet that the old socket is dead.
    const old = bob.provider.ws
    Object.assign(bob.provider, { ws: null, wsconnected: false, synced: false })
    bob.provider.connect()
    await until(() => bob.provider.synced)
    bob.provider.awareness.setLocalState({ at: 2 })
    await until(() => placeOfBob() === 2)
    old?.close()
    await until(() => old?.readyState === WebSocket.CLOSED)
    bob.provider.awareness.setLocalState({ at: 3 })
    await until(() => placeOfBob() === 3)
  })

  test('[YWS12] that sends too much at once is told so, and does not come back with it', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start({
      options: { COLLAB_MAX_UPDATE_BYTES: 2_000, COLLAB_MAX_FRAME_BYTES: 10_000 },
    })
    for (const size of [5_000, 50_000]) {
      const bob = connect(node, panel, tokenOf('bob'))
      await until(() => bob.provider.synced)
      bob.state.set('large', 'x'.repeat(size))
      await until(() => bob.closes.length > 0)
      expect([bob.closes, bob.provider.shouldConnect]).toEqual([[4400], false])
    }
    expect(await nodes.entriesOf(panel.document)).toHaveLength(1)
  })

  test('[YWS3] brings what was edited while it was away', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start()
    const alice = nodes.tab(node, 'alice').open(panel.document)
    const bob = connect(node, panel, tokenOf('bob'))
    await until(() => isSaved(alice) && bob.provider.synced)
    bob.provider.disconnect()
    bob.state.set('mine', 1)
    stateOf(alice).set('hers', 2)
    await until(() => isSaved(alice))
    bob.provider.connect()
    await until(() => bob.state.get('hers') === 2 && stateOf(alice).get('mine') === 1)
  })

  test('[YWS4] is refused with a code it does not come back from, and learns nothing of other people’s panels', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start()
    const over = nodes.signer.tokenOf('bob', { expiresAt: new Date(Date.now() - 60_000) })
    const cases: [string, number][] = [
      [tokenOf('mallory'), 4404],
      [over, 4401],
      ['', 4401],
      [`nxs_${'a'.repeat(43)}`, 4401],
      [(await someApiKey(nodes.db, 'bob', { scopes: ['git'] })).key, 4403],
    ]
    for (const [token, code] of cases) {
      const { closes, state, provider } = connect(node, panel, token)
      await until(() => closes.length > 0)
      expect(closes).toEqual([code])
      expect([state.size, provider.shouldConnect]).toEqual([0, false])
    }
  })

  test.each(['/yjs/x/y', '/yjs/', '/yjs/{w}', '/yjs/{w}/{p}/more'])(
    '[YWS4] finds nothing at %s',
    async (path) => {
      const { workspaceId, panelId } = await nodes.panel()
      const node = await nodes.start()
      const url = node.url.replace('/collab', path.replace('{w}', workspaceId).replace('{p}', panelId))
      const ws = new WebSocket(url)
      const status = await new Promise((resolve) => {
        ws.on('unexpected-response', (_request, response) => resolve(response.statusCode))
        ws.on('error', () => {})
      })
      expect(status).toBe(404)
    },
  )

  test('[YWS5] who only reads sees edits and changes nothing; who is removed is let go', async () => {
    const panel = await nodes.panel({ alice: 'owner', bob: 'editor' })
    const fanout = createMemoryFanout()
    const node = await nodes.start({ fanout })
    const alice = nodes.tab(node, 'alice').open(panel.document)
    const bob = connect(node, panel, tokenOf('bob'))
    await until(() => isSaved(alice) && bob.provider.synced)
    // Opened later, so told later.
    const told: string[] = []
    const bobsTab = nodes.tab(node, 'bob').open(panel.document)
    bobsTab.on('stateless', ({ payload }: { payload: string }) => told.push(payload))
    await until(() => isSaved(bobsTab))
    const { workspaceId } = panel
    const members = () =>
      nodes.db
        .updateTable('workspace_members')
        .where('workspace_id', '=', workspaceId)
        .where('user_id', '=', toUserId('bob'))
    await members().set({ role: 'viewer' }).execute()
    const notice = { type: 'member_changed', workspaceId, userId: toUserId('bob') } as const
    fanout.publishNotice(notice)
    await until(() => told.some((text) => text.includes('access_changed')))
    bob.state.set('mine', 1)
    stateOf(alice).set('title', 'Plan')
    await until(() => bob.state.get('title') === 'Plan')
    expect(stateOf(alice).get('mine')).toBeUndefined()
    await nodes.db.deleteFrom('workspace_members').where('user_id', '=', toUserId('bob')).execute()
    fanout.publishNotice(notice)
    await until(() => bob.closes.includes(4403))
    expect((await nodes.entriesOf(panel.document)).every(({ userId }) => userId !== 'bob')).toBe(true)
  })

  test('[YWS6] comes with an API key as far as its scopes go', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start()
    const alice = nodes.tab(node, 'alice').open(panel.document)
    const writer = connect(node, panel, (await someApiKey(nodes.db, 'bob', { scopes: ['write'] })).key)
    const reader = connect(node, panel, (await someApiKey(nodes.db, 'bob', { scopes: ['read'] })).key)
    await until(() => isSaved(alice) && writer.provider.synced && reader.provider.synced)
    reader.state.set('read', 1)
    writer.state.set('written', 1)
    await until(() => stateOf(alice).get('written') === 1)
    expect(stateOf(alice).get('read')).toBeUndefined()
  })

  test.each([
    ['a sign-in', [2, 0, 1, 65]],
    ['a type nobody knows', [9]],
    ['nothing', []],
    ['a frame that ends early', [0, 2, 200]],
    ['an endless number', Array.from({ length: 40 }, () => 255)],
    ['a broken update', [0, 2, 3, 255, 255, 255]],
    ['broken presence', [1, 3, 255, 255, 255]],
  ])('[YWS7] that sends %s ends its own socket at most', async (_what, bytes) => {
    const panel = await nodes.panel()
    const node = await nodes.start()
    const alice = nodes.tab(node, 'alice').open(panel.document)
    const bob = connect(node, panel, tokenOf('bob'))
    const other = connect(node, panel, tokenOf('bob'))
    await until(() => isSaved(alice) && bob.provider.synced && other.provider.synced)
    bob.provider.ws?.send(Uint8Array.from(bytes))
    await until(() => bob.closes.length > 0)
    expect(bob.closes).toEqual([4400])
    stateOf(alice).set('title', 'Plan')
    await until(() => isSaved(alice) && other.state.get('title') === 'Plan')
  })

  test('[YWS8] that has nothing to say or hear is told that the server lives', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_PING_INTERVAL_MS: 1_000 } })
    const { provider } = connect(node, panel, tokenOf('bob'))
    await until(() => provider.synced)
    provider.awareness.setLocalState(null)
    const before = provider.wsLastMessageReceived
    await until(() => provider.wsLastMessageReceived > before + 500)
    expect(provider.wsconnected).toBe(true)
  })

  test('[YWS9] is sent elsewhere when its server stops, with everything saved', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start()
    const bob = connect(node, panel, tokenOf('bob'))
    await until(() => bob.provider.synced)
    bob.state.set('last', 1)
    await until(async () => (await nodes.entriesOf(panel.document)).length === 2)
    bob.provider.shouldConnect = false
    await node.server.drain()
    await until(() => bob.closes.includes(1012))
  })

  test('[YWS10] is let go when its token has ended', async () => {
    const panel = await nodes.panel()
    const node = await nodes.start({
      options: { COLLAB_REAUTH_GRACE_MS: 1_000, COLLAB_REAUTH_LEAD_MS: 1_000 },
    })
    const token = nodes.signer.tokenOf('bob', { expiresAt: new Date(Date.now() + 2_000) })
    const bob = connect(node, panel, token)
    await until(() => bob.provider.synced)
    await until(() => bob.closes.includes(4401))
  })
})
