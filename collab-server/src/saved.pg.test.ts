import { createMemoryFanout } from '@nexus/core/memory'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createGatedLog } from './testkit/gated-log.ts'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

describe('an edit', () => {
  test('[COL10] of one person appears at the other, and is in the log with who made it', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const alice = nodes.tab(node, 'alice').open(document)
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => isSaved(alice) && isSaved(bob))
    stateOf(alice).set('title', 'Plan')
    await until(() => stateOf(bob).get('title') === 'Plan' && isSaved(alice))
    const entry = (await nodes.entriesOf(document)).at(-1)
    expect(entry).toMatchObject({
      userId: 'alice',
      triggeredBy: 'user',
      triggerSource: null,
      changeType: 'updated',
    })
    expect(entry?.clientSession).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('[COL1] reaches others at once, and is called saved only after its commit', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log })
    const alice = nodes.tab(node, 'alice').open(document)
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => isSaved(alice) && isSaved(bob))
    log.holdAppends()
    stateOf(alice).set('title', 'Plan')
    await until(() => stateOf(bob).get('title') === 'Plan')
    // A whole exchange later: Bob's own message has gone there and back.
    bob.forceSync()
    await until(() => bob.isSynced)
    expect(alice.unsyncedChanges).toBe(1)
    expect(await nodes.entriesOf(document)).toHaveLength(1)
    log.open()
    await until(() => isSaved(alice))
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })

  test('[COL1] that is only in memory is not called saved when its author sends it again over a new socket', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log })
    const doc = new Y.Doc()
    const first = nodes.tab(node, 'alice')
    const before = first.open(document, { document: doc })
    await until(() => isSaved(before))
    log.holdAppends()
    stateOf(before).set('title', 'Plan')
    await until(() => node.server.counts().unsavedBytes > 0)
    first.socket.webSocket?.close()
    const other = nodes.tab(node, 'bob').open(document, { document: new Y.Doc() })
    await until(() => stateOf(other).get('title') === 'Plan' && before.isAuthenticated && before.isSynced)
    expect(before.hasUnsyncedChanges).toBe(true)
    expect(other.hasUnsyncedChanges).toBe(true)
    log.open()
    await until(() => isSaved(before) && isSaved(other))
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })

  test('[COL11] made while the store is away is kept, shown as unsaved, and appended when it is back', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log })
    const tab = nodes.tab(node, 'alice')
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    log.goAway()
    stateOf(alice).set('title', 'Plan')
    await until(async () => !(await node.server.health()).ready)
    expect(isSaved(alice)).toBe(false)
    // Even when everybody leaves.
    tab.close()
    await until(() => node.server.counts().sockets === 0)
    expect(node.server.counts().documents).toBe(1)
    log.open()
    await until(() => node.server.counts().documents === 0)
    expect(await nodes.entriesOf(document)).toHaveLength(2)
    expect(await node.server.health()).toMatchObject({ ready: true })
  })

  test('[COL72] is left in the network when too much waits for the store, and taken when there is room', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log, options: { COLLAB_MAX_UNSAVED_BYTES: 50_000 } })
    const alice = nodes.tab(node, 'alice').open(document)
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => isSaved(alice) && isSaved(bob))
    log.holdAppends()
    for (let at = 0; at < 100; at += 1) stateOf(alice).set(`key${at}`, 'x'.repeat(50_000))
    await until(() => stateOf(bob).has('key0'))
    // What came in one piece of the network is taken, and no more.
    expect(node.server.counts().unsavedBytes).toBeLessThan(1_000_000)
    log.open()
    await until(() => isSaved(alice) && stateOf(bob).has('key99'))
  })

  test('[COL77] of a client that writes faster than can be saved is left in the network; others are not held up', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const node = await nodes.start({ log, options: { COLLAB_MAX_UNSAVED_BYTES_PER_SOCKET: 100_000 } })
    const alice = nodes.tab(node, 'alice').open(document)
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => isSaved(alice) && isSaved(bob))
    log.holdAppends()
    for (let index = 0; index < 100; index += 1) stateOf(alice).set(`key${index}`, 'x'.repeat(20_000))
    await until(() => stateOf(bob).has('key5'))
    stateOf(bob).set('from', 'bob')
    await until(() => stateOf(alice).get('from') === 'bob')
    // What came in one piece of the network is taken, and no more.
    expect(node.server.counts().unsavedBytes).toBeLessThan(1_000_000)
    expect(stateOf(bob).has('key99')).toBe(false)
    log.open()
    await until(() => isSaved(alice) && isSaved(bob) && stateOf(bob).has('key99'))
  })

  test('[COL12] that a killed server had not saved comes back with its client', async () => {
    const log = createGatedLog(nodes.log)
    const { document } = await nodes.panel()
    const first = await nodes.start({ log })
    const port = Number(new URL(first.url).port)
    const alice = nodes.tab(first, 'alice').open(document)
    await until(() => isSaved(alice))
    log.holdAppends()
    stateOf(alice).set('title', 'Plan')
    await until(() => first.server.counts().unsavedBytes > 0)
    await first.kill()
    await nodes.start({ port })
    await until(() => isSaved(alice))
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })

  test('[COL5] typed before a reconnect is through builds on offline edits; all of it is saved, once', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const tab = nodes.tab(node, 'alice')
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    tab.socket.disconnect()
    await until(() => tab.socket.status === 'disconnected')
    const text = alice.document.getText('nxml')
    text.insert(0, 'offline ')
    await tab.socket.connect()
    await until(() => alice.isAuthenticated)
    text.insert(8, 'typing')
    text.insert(14, ' on')
    await until(() => isSaved(alice))
    const record = await nodes.log.read(document)
    const stored = new Y.Doc()
    for (const { update } of record?.tail ?? []) Y.applyUpdate(stored, update)
    expect(stored.getText('nxml').toString()).toBe('offline typing on')
    expect(alice.unsyncedChanges).toBe(0)
  })
})

describe('from elsewhere', () => {
  test('[COL13] an edit appended by another process appears live and is not appended again', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const [here, there] = [await nodes.start({ fanout }), await nodes.start({ fanout })]
    const alice = nodes.tab(here, 'alice').open(document)
    const bob = nodes.tab(there, 'bob').open(document)
    await until(() => isSaved(alice) && isSaved(bob))
    stateOf(alice).set('from', 'here')
    stateOf(bob).set('to', 'there')
    await until(() => stateOf(bob).get('from') === 'here' && stateOf(alice).get('to') === 'there')
    await until(() => isSaved(alice) && isSaved(bob))
    expect(await nodes.entriesOf(document)).toHaveLength(3)
  })

  test('[COL14] what the fan-out loses is found by comparing heads', async () => {
    const { document } = await nodes.panel()
    const options = { COLLAB_HEAD_POLL_MS: 20 }
    // Two fan-outs: neither hears the other.
    const [here, there] = [await nodes.start({ options }), await nodes.start({ options })]
    const alice = nodes.tab(here, 'alice').open(document)
    const bob = nodes.tab(there, 'bob').open(document)
    await until(() => isSaved(alice) && isSaved(bob))
    stateOf(alice).set('from', 'here')
    await until(() => stateOf(bob).get('from') === 'here')
  })
})
