import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { CollabSocket, DocumentFacts } from './collab-transport.ts'
import { createUnsavedDocuments } from './offline-copy.ts'
import { OFFLINE_AFTER_MS, SAVED_AFTER_MS } from './save-sign.ts'
import { LAST_CHANCE_MS, openWorkspaceSession, parseNoticeType } from './workspace-session.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const LIVE: DocumentFacts = {
  connected: true,
  authenticated: true,
  unsaved: false,
  readOnly: false,
  synced: true,
  refusal: null,
}

/** A connection whose facts the test decides. */
function simulatedSocket() {
  const open = new Map<string, { set(facts: Partial<DocumentFacts>): void; say(text: string): void }>()
  const state = { isClosed: false, probes: 0 }
  const socket: CollabSocket = {
    openDocument: ({ name, doc, onChange, onMessage }) => {
      let facts: DocumentFacts = { ...LIVE, authenticated: false, synced: false, unsaved: true }
      const awareness = new Awareness(doc)
      open.set(name, {
        set: (change) => {
          facts = { ...facts, ...change }
          onChange()
        },
        say: onMessage,
      })
      return {
        awareness,
        facts: () => facts,
        close: () => {
          awareness.destroy()
          open.delete(name)
        },
      }
    },
    probe: () => {
      state.probes += 1
    },
    close: () => {
      state.isClosed = true
    },
  }
  return { socket, open, state }
}

function memoryStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

function setUp({ storage = memoryStorage(), copyLoaded = Promise.resolve() } = {}) {
  const { socket, open, state } = simulatedSocket()
  const notices: string[] = []
  const unsaved = createUnsavedDocuments('ada', storage)
  let tellNetwork = (): void => {}
  const session = openWorkspaceSession({
    workspaceId: 'w1',
    user: { id: 'ada', name: 'Ada' },
    socket,
    openCopy: () => ({ loaded: copyLoaded.then(() => ({ isKept: true })), close: () => {} }),
    unsaved,
    onNotice: (type) => notices.push(type),
    network: {
      isOffline: () => false,
      subscribe: (listener) => {
        tellNetwork = listener
        return () => {}
      },
    },
  })
  const settle = async () => {
    await vi.advanceTimersByTimeAsync(SAVED_AFTER_MS + 1)
  }
  return { session, open, state, notices, unsaved, storage, settle, network: () => tellNetwork() }
}

const edit = (doc: Y.Doc) => doc.transact(() => doc.getMap('state').set('n', 1), 'bind:$state.n')

test('[STU12] a workspace has one connection; every open panel has one document on it', () => {
  const { session, open } = setUp()
  session.openPanel('p1')
  session.openPanel('p1')
  session.openPanel('p2')
  expect([...open.keys()]).toEqual(['w1', 'w1/p1', 'w1/p2'])
})

test('[STU13] a panel nobody looks at is disconnected once its edits are acknowledged, not before', async () => {
  const { session, open, settle } = setUp()
  const panel = session.openPanel('p1')
  open.get('w1/p1')?.set(LIVE)
  await settle()
  edit(panel.doc)
  open.get('w1/p1')?.set({ unsaved: true })
  session.release(panel)
  await settle()
  expect(open.has('w1/p1')).toBe(true)
  open.get('w1/p1')?.set({ unsaved: false })
  await settle()
  expect(open.has('w1/p1')).toBe(false)
})

test('[STU14] closing a workspace with everything saved leaves no connection and no document behind', async () => {
  const { session, open, state, settle } = setUp()
  session.openPanel('p1')
  open.get('w1/p1')?.set(LIVE)
  await settle()
  session.close()
  expect(open.size).toBe(0)
  expect(state.isClosed).toBe(true)
})

test('[STU15] closing with unsaved edits waits for them, but not for ever', async () => {
  const { session, state, settle } = setUp()
  const panel = session.openPanel('p1')
  edit(panel.doc)
  session.close()
  await settle()
  expect(state.isClosed).toBe(false)
  await vi.advanceTimersByTimeAsync(LAST_CHANCE_MS)
  expect(state.isClosed).toBe(true)
})

test('[STU16] edits a former visit could not send go out when the workspace is opened, without looking at the panel', async () => {
  const storage = memoryStorage()
  const before = setUp({ storage })
  edit(before.session.openPanel('p1').doc)
  expect(before.unsaved.list()).toEqual(['w1/p1'])

  const after = setUp({ storage })
  expect(after.open.has('w1/p1')).toBe(true)
  after.open.get('w1/p1')?.set(LIVE)
  await after.settle()
  expect(after.open.has('w1/p1')).toBe(false)
  expect(after.unsaved.list()).toEqual([])
})

test('[STU17] a panel is ready when the server has answered, and shows why when it is refused', async () => {
  const { session, open, settle } = setUp()
  const panel = session.openPanel('p1')
  await settle()
  expect(panel.status()).toMatchObject({ isReady: false, sign: 'opening' })
  open.get('w1/p1')?.set(LIVE)
  await settle()
  expect(panel.status()).toMatchObject({ isReady: true, sign: 'saved' })
  open.get('w1/p1')?.set({ authenticated: false, refusal: 'not_found' })
  await settle()
  expect(panel.status()).toMatchObject({ sign: 'refused', refusal: 'not_found', isReadOnly: true })
})

test('[STU66] offline, a panel this browser keeps nothing of says so, and opens when the server answers', async () => {
  const { session, open, settle } = setUp()
  const panel = session.openPanel('p1')
  open.get('w1/p1')?.set({ connected: false })
  await settle()
  expect(panel.status().isOutOfReach).toBe(false)
  await vi.advanceTimersByTimeAsync(OFFLINE_AFTER_MS)
  expect(panel.status()).toMatchObject({ sign: 'offline', isReady: false, isOutOfReach: true })
  open.get('w1/p1')?.set(LIVE)
  await settle()
  expect(panel.status()).toMatchObject({ isReady: true, isOutOfReach: false })
})

test('[STU18] news of the network makes the connection prove itself', () => {
  const { network, state } = setUp()
  network()
  expect(state.probes).toBe(1)
})

test('[STU19] notices of the workspace are passed on; other messages are not', () => {
  const { open, notices } = setUp()
  open.get('w1')?.say('{"type":"panels_changed","workspaceId":"w1","panelId":"p"}')
  open.get('w1')?.say('not json')
  open.get('w1')?.say('{"type":"something_else"}')
  expect(notices).toEqual(['panels_changed'])
  expect(parseNoticeType('null')).toBeNull()
})

test('[STU20] others see me in the panel I look at, and no longer when I have left it', () => {
  const { session } = setUp()
  const panel = session.openPanel('p1')
  expect(panel.people().map(({ name, isMe }) => ({ name, isMe }))).toEqual([{ name: 'Ada', isMe: true }])
  session.lookAt('p1')
  expect(session.people()[0]?.panelIds).toEqual(['p1'])
  session.lookAt(null)
  expect(session.people()[0]?.panelIds).toEqual([])
})

test('[STU21] being refused the workspace asks once what has become of it', async () => {
  const { open, notices, settle } = setUp()
  for (let times = 0; times < 3; times += 1) open.get('w1')?.set({ refusal: 'forbidden' })
  await settle()
  expect(notices).toEqual(['workspace_changed'])
})

test('[STU22] a changed role is news of the membership', () => {
  const { session, open, notices } = setUp()
  session.openPanel('p1')
  open.get('w1/p1')?.say('{"type":"access_changed","readOnly":true}')
  expect(notices).toEqual(['member_changed'])
})

test('[STU23] kept edits count as unsaved until they have been read, however fast the server is', async () => {
  const storage = memoryStorage()
  edit(setUp({ storage }).session.openPanel('p1').doc)
  const { promise, resolve } = Promise.withResolvers<void>()
  const { open, unsaved, settle } = setUp({ storage, copyLoaded: promise })
  open.get('w1/p1')?.set(LIVE)
  await settle()
  expect(unsaved.list()).toEqual(['w1/p1'])
  resolve()
  await settle()
  expect(unsaved.list()).toEqual([])
})
