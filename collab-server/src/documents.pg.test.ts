import { createNodeId, type DocumentName, NexusError, type UpdateLog } from '@nexus/core'
import { createAppendQueue } from '@nexus/core/log'
import { createMemoryFanout } from '@nexus/core/memory'
import { someUpdate } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createGatedLog } from './testkit/gated-log.ts'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

/** The document as its log alone gives it, without any checkpoint. */
async function replay(document: DocumentName, upTo: number): Promise<Y.Doc> {
  const doc = new Y.Doc()
  for (const { version, update } of await nodes.entriesOf(document)) {
    if (version <= upTo) Y.applyUpdate(doc, update)
  }
  return doc
}

const checkpointsOf = (document: DocumentName) =>
  nodes.db
    .selectFrom('state_checkpoints')
    .selectAll()
    .where('document', '=', document)
    .orderBy('version')
    .execute()

describe('checkpoints', () => {
  test('[COL60] are exactly the document at their version, under concurrent editing', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const [here, there] = [await nodes.start({ fanout }), await nodes.start({ fanout })]
    const alice = nodes.tab(here, 'alice').open(document)
    const bob = nodes.tab(there, 'bob').open(document)
    await until(() => isSaved(alice) && isSaved(bob))
    for (let at = 0; at < 400; at += 1) {
      stateOf(alice).set(`a${at % 7}`, 'x'.repeat(at))
      stateOf(bob).set(`b${at % 7}`, at)
      if (at % 50 === 0) await until(() => isSaved(bob))
    }
    await until(async () => isSaved(alice) && isSaved(bob) && (await checkpointsOf(document)).length > 0)
    for (const { version, state } of await checkpointsOf(document)) {
      const fromCheckpoint = new Y.Doc()
      Y.applyUpdate(fromCheckpoint, state)
      const fromLog = await replay(document, version)
      expect(fromCheckpoint.getMap('state').toJSON()).toEqual(fromLog.getMap('state').toJSON())
      expect(Y.encodeStateVector(fromCheckpoint)).toEqual(Y.encodeStateVector(fromLog))
    }
  })

  test('[COL60] wait until what is in memory is in the log', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log })
    const tab = nodes.tab(node)
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    stateOf(alice).set('text', 'x'.repeat(10_000))
    await until(() => isSaved(alice))
    log.holdAppends()
    stateOf(alice).set('more', 'not in the log yet')
    await until(() => node.server.counts().unsavedBytes > 0)
    // The last to leave makes Hocuspocus store at once.
    tab.close()
    await until(() => node.server.counts().sockets === 0)
    await nodes.log.heads([document])
    expect(await checkpointsOf(document)).toEqual([])
    log.open()
    await until(() => node.server.counts().documents === 0)
    const [checkpoint] = await checkpointsOf(document)
    expect(checkpoint?.version).toBe(3)
  })

  test('[COL60] are not written while a version is missing in memory', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const log: UpdateLog = {
      ...createGatedLog(nodes.log),
      readTail: async () => {
        throw new NexusError('unavailable', 'The tail cannot be read.')
      },
    }
    const node = await nodes.start({ log, fanout })
    const tab = nodes.tab(node)
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    stateOf(alice).set('text', 'x'.repeat(10_000))
    await until(() => isSaved(alice))
    const announcements: Parameters<typeof fanout.announce>[0][] = []
    const api = createAppendQueue({
      log: nodes.log,
      fanout: { ...fanout, announce: (announcement) => void announcements.push(announcement) },
      nodeId: createNodeId(),
    })
    await api.append({ document, updates: [someUpdate()] })
    const before = alice.document.store.clients.size
    await api.append({ document, updates: [someUpdate()] })
    await until(() => announcements.length === 2)
    const second = announcements[1]
    if (second !== undefined) fanout.announce(second)
    await until(() => alice.document.store.clients.size === before + 1)
    tab.close()
    await until(() => node.server.counts().documents === 0)
    expect(await checkpointsOf(document)).toEqual([])
  })

  test('[COL61] are not written for a little typing', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const tab = nodes.tab(node)
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    stateOf(alice).set('title', 'Plan')
    await until(() => isSaved(alice))
    tab.close()
    await until(() => node.server.counts().documents === 0)
    expect(await checkpointsOf(document)).toEqual([])
  })

  test('[COL75] are written once, however many servers have the document', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const [here, there] = [await nodes.start({ fanout }), await nodes.start({ fanout })]
    const [tab, otherTab] = [nodes.tab(here), nodes.tab(there, 'bob')]
    const [alice, bob] = [tab.open(document), otherTab.open(document)]
    await until(() => isSaved(alice) && isSaved(bob))
    stateOf(alice).set('text', 'x'.repeat(10_000))
    await until(() => isSaved(alice) && stateOf(bob).has('text'))
    tab.close()
    await until(async () => (await checkpointsOf(document)).length > 0)
    stateOf(bob).set('title', 'Plan')
    await until(() => isSaved(bob))
    otherTab.close()
    await until(() => there.server.counts().documents === 0)
    expect(await checkpointsOf(document)).toHaveLength(1)
  })

  test('[COL62] that fail lose nothing, and do not keep the document open', async () => {
    const { document } = await nodes.panel()
    const log: UpdateLog = {
      ...createGatedLog(nodes.log),
      saveCheckpoint: async () => {
        throw new Error('disk full')
      },
    }
    const node = await nodes.start({ log })
    const tab = nodes.tab(node)
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    stateOf(alice).set('text', 'x'.repeat(10_000))
    await until(() => isSaved(alice))
    tab.close()
    await until(() => node.server.counts().documents === 0)
    expect((await replay(document, 9)).getMap('state').get('text')).toHaveLength(10_000)
  })

  test('[COL63] hold nothing that a client sent and that could not be applied', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const author = new Y.Doc()
    const updates: Uint8Array[] = []
    author.on('update', (update: Uint8Array) => updates.push(update))
    author.getText('nxml').insert(0, 'lost')
    author.getText('nxml').insert(4, ' end')
    const [, dangling] = updates
    if (dangling === undefined) throw new Error('There are two updates.')
    // A client that holds half of something sends it on when it is asked for what it has.
    const doc = new Y.Doc()
    Y.applyUpdate(doc, dangling)
    const tab = nodes.tab(node)
    const alice = tab.open(document, { document: doc })
    await until(() => alice.isSynced)
    stateOf(alice).set('text', 'x'.repeat(10_000))
    await until(async () => (await nodes.entriesOf(document)).length === 2)
    tab.close()
    await until(() => node.server.counts().documents === 0)
    const [checkpoint] = await checkpointsOf(document)
    if (checkpoint === undefined) throw new Error('A checkpoint was due.')
    const stored = new Y.Doc()
    Y.applyUpdate(stored, checkpoint.state)
    expect(stored.store.pendingStructs).toBeNull()
    expect(Y.encodeStateVector(stored)).toEqual(Y.encodeStateVector(await replay(document, 2)))
  })
})

describe('leaving and coming back', () => {
  test('[COL64] the last to leave unloads the document, and everything is there for the next', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    for (let round = 0; round < 25; round += 1) {
      const tab = nodes.tab(node)
      const alice = tab.open(document)
      await until(() => isSaved(alice))
      expect(stateOf(alice).get('round')).toBe(round === 0 ? undefined : round - 1)
      stateOf(alice).set('round', round)
      await until(() => isSaved(alice))
      tab.close()
    }
    await until(() => node.server.counts().documents === 0)
  })

  test('[COL65] people who come while it is being unloaded all meet in one document', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    for (let round = 0; round < 15; round += 1) {
      const leaving = nodes.tab(node, 'alice')
      const leaver = leaving.open(document)
      await until(() => isSaved(leaver))
      leaving.close()
      const [alice, bob] = [nodes.tab(node, 'alice').open(document), nodes.tab(node, 'bob').open(document)]
      await until(() => isSaved(alice) && isSaved(bob))
      stateOf(alice).set('round', round)
      await until(() => stateOf(bob).get('round') === round && isSaved(alice))
      alice.configuration.websocketProvider.destroy()
      bob.configuration.websocketProvider.destroy()
    }
  })

  test('[COL66] a document with unsaved edits stays while nobody is there, and takes the returning ones', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log })
    const tab = nodes.tab(node, 'alice')
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    log.holdAppends()
    stateOf(alice).set('title', 'Plan')
    await until(() => node.server.counts().unsavedBytes > 0)
    tab.close()
    await until(() => node.server.counts().sockets === 0)
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => stateOf(bob).get('title') === 'Plan')
    expect(isSaved(bob)).toBe(false)
    log.open()
    await until(() => isSaved(bob))
  })

  test('[COL67] a document that cannot be read for a moment is opened a little later', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log })
    log.goAway()
    const alice = nodes.tab(node).open(document)
    await until(() => alice.isAuthenticated)
    log.open()
    await until(() => isSaved(alice))
  })

  test('[COL68] clients of a document that cannot be read are sent away, and come back by themselves', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log, options: { COLLAB_LOAD_TIMEOUT_MS: 50 } })
    log.goAway()
    const tab = nodes.tab(node)
    const codes: number[] = []
    tab.socket.on('close', ({ event }: { event: { code: number } }) => codes.push(event.code))
    const alice = tab.open(document)
    await until(() => codes.includes(1013))
    expect(node.server.counts().documents).toBe(0)
    log.open()
    await until(() => isSaved(alice))
  })
})

describe('updates from the log', () => {
  test('[COL13] appended by an API process appear live, are not appended again, and are part of what is opened next', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const node = await nodes.start({ fanout })
    const alice = nodes.tab(node).open(document)
    await until(() => isSaved(alice))
    const api = createAppendQueue({ log: nodes.log, fanout, nodeId: createNodeId() })
    await api.append({ document, updates: [someUpdate({ triggeredBy: 'api' })] })
    await until(() => stateOf(alice).get('key') === 'value')
    stateOf(alice).set('mine', 1)
    await until(() => isSaved(alice))
    expect((await nodes.entriesOf(document)).map(({ triggeredBy }) => triggeredBy)).toEqual([
      'user',
      'api',
      'user',
    ])
  })

  test('[COL69] that come in the wrong order are applied when the rest has come', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const node = await nodes.start({ fanout, options: { COLLAB_HEAD_POLL_MS: 60_000 } })
    const alice = nodes.tab(node).open(document)
    await until(() => isSaved(alice))
    const doc = new Y.Doc()
    const drafts: ReturnType<typeof someUpdate>[] = []
    doc.on('update', (update: Uint8Array) => drafts.push(someUpdate({ update })))
    doc.getText('nxml').insert(0, 'a')
    doc.getText('nxml').insert(1, 'b')
    const announcements: Parameters<typeof fanout.announce>[0][] = []
    const api = createAppendQueue({
      log: nodes.log,
      fanout: { ...fanout, announce: (announcement) => void announcements.push(announcement) },
      nodeId: createNodeId(),
    })
    for (const draft of drafts) await api.append({ document, updates: [draft] })
    await until(() => announcements.length === 2)
    for (const announcement of announcements.toReversed()) fanout.announce(announcement)
    await until(() => alice.document.getText('nxml').toString() === 'ab')
    expect(await nodes.entriesOf(document)).toHaveLength(3)
  })
})

describe('draining', () => {
  test('[COL70] under load saves everything that was acknowledged, and lets everybody go with 1012', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const tabs = [nodes.tab(node, 'alice'), nodes.tab(node, 'bob')]
    const codes: number[] = []
    for (const tab of tabs)
      tab.socket.on('close', ({ event }: { event: { code: number } }) => codes.push(event.code))
    const [alice, bob] = tabs.map((tab) => tab.open(document))
    if (alice === undefined || bob === undefined) throw new Error('There are two tabs.')
    await until(() => isSaved(alice) && isSaved(bob))
    const typing = setInterval(() => {
      alice.document.getText('nxml').insert(0, 'a')
      bob.document.getText('nxml').insert(0, 'b')
    }, 1)
    await until(() => alice.document.getText('nxml').length > 50)
    await node.server.drain()
    clearInterval(typing)
    await until(() => codes.length >= 2)
    expect(codes.slice(0, 2)).toEqual([1012, 1012])
    expect(node.server.counts()).toEqual({ sockets: 0, documents: 0, unsavedBytes: 0 })
    expect((await node.server.health()).ready).toBe(false)
    await node.kill()
    // What was not saved here is saved where they come next.
    await nodes.start({ port: Number(new URL(node.url).port) })
    await until(() => isSaved(alice) && isSaved(bob))
    const text = (doc: Y.Doc) => doc.getText('nxml').toString()
    await until(() => text(alice.document) === text(bob.document))
    expect(text(await replay(document, 10_000))).toBe(text(alice.document))
  })

  test('[COL76] lets a crowd go one after another, while the others go on working', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_DRAIN_SPREAD_MS: 1_000 } })
    const next = await nodes.start()
    const moved: number[] = []
    const tabs = Array.from({ length: 60 }, () => nodes.tab(node))
    const editors = tabs.map((tab) => tab.open(document))
    await until(() => editors.every(isSaved))
    for (const tab of tabs) {
      tab.socket.on('close', () => {
        tab.socket.configuration.url = next.url
        moved.push(node.server.counts().sockets)
      })
    }
    const drained = node.server.drain()
    await until(() => moved.length > 0)
    const last = editors.at(-1)
    if (last === undefined) throw new Error('There are 60 tabs.')
    stateOf(last).set('title', 'Plan')
    await until(() => stateOf(last).get('title') === 'Plan' && isSaved(last))
    await drained
    await until(() => editors.every((editor) => isSaved(editor) && stateOf(editor).get('title') === 'Plan'))
    // Somebody was there when the first had gone, and the process was empty at the end.
    expect(moved[0]).toBeGreaterThan(30)
    expect(node.server.counts()).toEqual({ sockets: 0, documents: 0, unsavedBytes: 0 })
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })

  test('[COL71] ends at its time limit while the store is away, with the documents kept until then', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log, options: { COLLAB_DRAIN_TIMEOUT_MS: 300 } })
    const alice = nodes.tab(node).open(document)
    await until(() => isSaved(alice))
    log.goAway()
    stateOf(alice).set('title', 'Plan')
    await until(() => node.server.counts().unsavedBytes > 0)
    await node.server.drain()
    expect(node.server.counts()).toMatchObject({ sockets: 0, documents: 1 })
    expect(alice.hasUnsyncedChanges).toBe(true)
    log.open()
    await until(() => node.server.counts().documents === 0)
  })
})
