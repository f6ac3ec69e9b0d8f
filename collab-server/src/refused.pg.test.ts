import { createPanelId, panelDocumentName } from '@nexus/core'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeStateAsUpdate } from 'yjs'
import { frame, RawSocket } from './testkit/raw-socket.ts'
import { isSaved, stateOf, type TestNode } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

const AUTH = 2
const SYNC = 0
const SYNC_STATUS = 8

/** A socket on which somebody has signed in for `document`. */
async function signedIn(node: TestNode, document: string, user = 'alice'): Promise<RawSocket> {
  const socket = await RawSocket.open(node.url)
  socket.auth(document, nodes.signer.tokenOf(user))
  await until(() => socket.of(document, AUTH).length > 0)
  return socket
}

const editOf = (change: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc()
  change(doc)
  return encodeStateAsUpdate(doc)
}

describe('bytes nobody honest sends', () => {
  test.each([
    ['noise', () => Uint8Array.of(255, 255, 255, 255)],
    ['a frame only servers send', (name: string) => frame(name, 8, 1)],
    ['a garbage update', (name: string) => frame(name, 0, 2, Uint8Array.of(9, 9, 9, 9))],
    [
      'half an update',
      (name: string) =>
        frame(name, 0, 2, editOf((doc) => doc.getText('nxml').insert(0, 'x'.repeat(50))).slice(0, 40)),
    ],
    ['a garbage state vector', (name: string) => frame(name, 0, 0, Uint8Array.of(200))],
    ['presence that is no JSON', (name: string) => frame(name, 1, Uint8Array.of(1, 1, 1, 1, 97))],
  ])('[COL41] %s ends its socket and changes nothing; others go on', async (_title, bytes) => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => isSaved(bob))
    using socket = await signedIn(node, document)
    await until(() => node.server.counts().sockets === 2)
    socket.ws.send(bytes(document))
    expect((await socket.closed).code).toBe(4400)
    stateOf(bob).set('still', 'here')
    await until(() => isSaved(bob))
    expect(socket.of(document, SYNC_STATUS)).toEqual([])
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })

  test('[COL58] an edit that would nest so deep that its deletion overflows a stack ends its socket', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    using socket = await signedIn(node, document)
    const deep = editOf((doc) =>
      doc.transact(() => {
        let inner = doc.getMap('state')
        for (let level = 0; level < 5_000; level += 1) {
          const next = new Y.Map()
          inner.set('in', next)
          inner = next
        }
      }),
    )
    socket.update(document, deep)
    expect(await socket.closed).toEqual({ code: 4400, reason: 'the edit nests too deep' })
    expect(await nodes.entriesOf(document)).toHaveLength(1)
  })

  test('[COL57] an edit that brings in thousands of named roots ends its socket and changes nothing', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => isSaved(bob))
    using socket = await signedIn(node, document)
    const roots = editOf((doc) => {
      for (let at = 0; at < 2_000; at += 1) doc.getMap(`root${at}`).set('key', 1)
    })
    socket.update(document, roots)
    expect((await socket.closed).code).toBe(4400)
    stateOf(bob).set('still', 'here')
    await until(() => isSaved(bob))
    expect(bob.document.share.has('root0')).toBe(false)
  })

  test('[COL41] text in place of bytes ends its socket', async () => {
    const node = await nodes.start()
    using socket = await RawSocket.open(node.url)
    socket.ws.send('hello')
    expect((await socket.closed).code).toBe(4400)
  })

  test('[COL48] names of things every object has are no documents', async () => {
    const node = await nodes.start()
    using socket = await RawSocket.open(node.url)
    for (const name of ['__proto__', 'constructor', 'toString']) {
      socket.auth(name, nodes.signer.tokenOf('alice'))
      await until(() => socket.of(name, AUTH).length > 0)
    }
    expect(socket.ws.readyState).toBe(socket.ws.OPEN)
    expect('providerVersion' in Object).toBe(false)
  })
})

describe('an update that builds on something missing', () => {
  test('[COL5] is neither applied, logged nor acked, but asked for in full', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const doc = new Y.Doc()
    const updates: Uint8Array[] = []
    doc.on('update', (update: Uint8Array) => updates.push(update))
    doc.getText('nxml').insert(0, 'a')
    doc.getText('nxml').insert(1, 'b')
    using socket = await signedIn(node, document)
    socket.update(document, updates[1] ?? new Uint8Array())
    await until(() => socket.of(document, SYNC).length > 0)
    expect(socket.of(document, SYNC)[0]?.[0]).toBe(0)
    expect(socket.of(document, SYNC_STATUS)).toEqual([])
    expect(await nodes.entriesOf(document)).toHaveLength(1)
    // Not even by way of somebody else's update that happens to bring the missing part.
    const bob = nodes.tab(node, 'bob').open(document, { document: doc })
    await until(() => isSaved(bob))
    expect(socket.of(document, SYNC_STATUS)).toEqual([])
  })

  test('[COL5] is saved once the client has sent all of it', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    const doc = new Y.Doc()
    const updates: Uint8Array[] = []
    doc.on('update', (update: Uint8Array) => updates.push(update))
    doc.getText('nxml').insert(0, 'a')
    doc.getText('nxml').insert(1, 'b')
    using socket = await signedIn(node, document)
    socket.update(document, updates[1] ?? new Uint8Array())
    await until(() => socket.of(document, SYNC).length > 0)
    socket.ws.send(frame(document, 0, 1, encodeStateAsUpdate(doc)))
    await until(() => socket.of(document, SYNC_STATUS).length > 0)
    expect(socket.of(document, SYNC_STATUS)).toHaveLength(1)
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })
})

describe('too much', () => {
  test('[COL50] an edit above the limit ends its socket with the reason, and changes nothing', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_MAX_UPDATE_BYTES: 1_000 } })
    using socket = await signedIn(node, document)
    socket.update(
      document,
      editOf((doc) => doc.getText('nxml').insert(0, 'x'.repeat(2_000))),
    )
    expect(await socket.closed).toEqual({ code: 1009, reason: 'one edit may have 1000 bytes' })
    expect(await nodes.entriesOf(document)).toHaveLength(1)
  })

  test('[COL51] a document above the limit takes no more, but may be emptied', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_MAX_DOCUMENT_BYTES: 3_000 } })
    const alice = nodes.tab(node).open(document)
    await until(() => isSaved(alice))
    const text = alice.document.getText('nxml')
    text.insert(0, 'x'.repeat(2_500))
    await until(() => isSaved(alice))
    using socket = await signedIn(node, document, 'bob')
    socket.update(
      document,
      editOf((doc) => doc.getText('nxml').insert(0, 'y'.repeat(600))),
    )
    expect(await socket.closed).toEqual({ code: 1009, reason: 'a document may have 3000 bytes' })
    text.delete(0, 2_500)
    await until(() => isSaved(alice))
    text.insert(0, 'z'.repeat(600))
    await until(() => isSaved(alice))
    expect(await nodes.entriesOf(document)).toHaveLength(4)
  })

  test('[COL52] a frame above the limit ends its socket', async () => {
    const node = await nodes.start({ options: { COLLAB_MAX_FRAME_BYTES: 10_000 } })
    using socket = await RawSocket.open(node.url)
    socket.ws.send(new Uint8Array(20_000))
    expect((await socket.closed).code).toBe(1009)
  })

  test('[COL44] a flood of messages is slowed down, not lost', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_MESSAGES_PER_SECOND: 200, COLLAB_MESSAGE_BURST: 20 } })
    using socket = await signedIn(node, document)
    const doc = new Y.Doc()
    doc.on('update', (update: Uint8Array) => socket.update(document, update))
    const startedAt = performance.now()
    for (let at = 0; at < 80; at += 1) doc.getText('nxml').insert(at, 'x')
    await until(() => socket.of(document, SYNC_STATUS).length === 80)
    doc.getText('nxml').insert(80, 'x')
    await until(() => socket.of(document, SYNC_STATUS).length === 81)
    // 61 of them above the burst, 200 a second.
    expect(performance.now() - startedAt).toBeGreaterThan(290)
  })

  test('[COL49] more documents on a socket than allowed are refused one by one', async () => {
    const { document, workspaceId } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_MAX_DOCUMENTS_PER_SOCKET: 1 } })
    using socket = await signedIn(node, document)
    socket.auth(workspaceId, nodes.signer.tokenOf('alice'))
    await until(() => socket.of(workspaceId, AUTH).length > 0)
    expect(new TextDecoder().decode(socket.of(workspaceId, AUTH)[0]?.subarray(2))).toBe('rate_limited')
  })

  test('[COL120] more connections to a document than allowed are closed, alone, until somebody goes', async () => {
    const { document, workspaceId } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_MAX_CONNECTIONS_PER_DOCUMENT: 1 } })
    const alice = nodes.tab(node, 'alice').open(document)
    await until(() => isSaved(alice))
    const bobs = nodes.tab(node, 'bob')
    const [refused, other] = [bobs.open(document), bobs.open(workspaceId)]
    const reasons: string[] = []
    refused.on('close', ({ event }: { event: { reason: string } }) => reasons.push(event.reason))
    await until(() => reasons.includes('rate_limited') && isSaved(other))
    stateOf(alice).set('title', 'Plan')
    await until(() => isSaved(alice))
    alice.destroy()
    await until(() => {
      const again = nodes.tab(node, 'bob').open(document)
      return new Promise((resolve) => {
        again.on('synced', () => resolve(stateOf(again).get('title') === 'Plan'))
        again.on('close', () => resolve(false))
      })
    })
  })

  test('[COL53] sockets of one user, of one address and of all are counted', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({
      options: { COLLAB_MAX_SOCKETS_PER_USER: 1, COLLAB_MAX_SOCKETS_PER_ADDRESS: 2 },
    })
    using _first = await signedIn(node, document)
    using second = await RawSocket.open(node.url)
    await expect(RawSocket.open(node.url)).rejects.toThrow()
    second.auth(document, nodes.signer.tokenOf('alice'))
    expect((await second.closed).code).toBe(4429)
    await until(() => node.server.counts().sockets === 1)
    using _third = await signedIn(node, document, 'bob')
  })

  test('[COL54] a socket on which nobody signs in is closed', async () => {
    const node = await nodes.start({ options: { COLLAB_SIGN_IN_TIMEOUT_MS: 50 } })
    using socket = await RawSocket.open(node.url)
    expect(await socket.closed).toEqual({ code: 4401, reason: 'nobody signed in' })
  })

  test('[COL46] a reader that stops reading is let go; others and the edits are unharmed', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_MAX_BACKLOG_BYTES: 500_000 } })
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => isSaved(bob))
    using slow = await signedIn(node, document)
    slow.ws.pause()
    const map = stateOf(bob)
    for (let at = 0; node.server.counts().sockets === 2 && at < 400; at += 1) {
      map.set('big', 'x'.repeat(100_000))
      await until(() => isSaved(bob))
    }
    await until(() => node.server.counts().sockets === 1)
    expect(isSaved(bob)).toBe(true)
  })
})

describe('the way in', () => {
  test('[COL55] browsers may come from the same host and from the allowed origins only', async () => {
    const node = await nodes.start({ options: { COLLAB_ALLOWED_ORIGINS: 'https://studio.example.org' } })
    const host = new URL(node.url).host
    using _same = await RawSocket.open(node.url, { origin: `http://${host}` })
    using _listed = await RawSocket.open(node.url, { origin: 'https://studio.example.org' })
    await expect(RawSocket.open(node.url, { origin: 'https://evil.example' })).rejects.toThrow('403')
  })

  test('[COL56] other paths are not ours', async () => {
    const node = await nodes.start()
    await expect(RawSocket.open(node.url.replace('/collab', '/ws/state/x'))).rejects.toThrow('404')
  })

  test('[COL20] a document that does not exist is not found, for members too', async () => {
    const { workspaceId } = await nodes.panel()
    const node = await nodes.start()
    const name = panelDocumentName(workspaceId, createPanelId())
    using socket = await signedIn(node, name)
    // Signing in is answered before the document is looked for.
    await until(() => socket.of(name, AUTH).length === 2)
    expect(new TextDecoder().decode(socket.of(name, AUTH)[1]?.subarray(2))).toBe('not_found')
  })
})
