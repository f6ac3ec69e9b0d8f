import { createPanelId, panelDocumentName, type Scope, toUserId, type WorkspaceId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { someApiKey, someDocument } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { RawSocket } from './testkit/raw-socket.ts'
import { isSaved, stateOf, TestTab } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

/** Why a document was refused to this token. */
async function refusalFor(document: string, token: string): Promise<string> {
  const node = await nodes.start()
  using tab = new TestTab(node.url, token)
  const provider = tab.open(document)
  return await new Promise((resolve) => {
    provider.on('authenticationFailed', ({ reason }: { reason: string }) => resolve(reason))
  })
}

describe('signing in', () => {
  test('[COL20] strangers to a workspace do not learn that its documents exist', async () => {
    const { document } = await nodes.panel()
    expect(await refusalFor(document, nodes.signer.tokenOf('mallory'))).toBe('not_found')
  })

  test('[COL21] an expired token is refused', async () => {
    const { document } = await nodes.panel()
    const token = nodes.signer.tokenOf('alice', { expiresAt: new Date(Date.now() - 60_000) })
    expect(await refusalFor(document, token)).toBe('unauthorized')
  })

  test('[COL21] a token signed by somebody else is refused', async () => {
    const { document } = await nodes.panel()
    const [header, claims] = nodes.signer.tokenOf('alice').split('.')
    expect(await refusalFor(document, `${header}.${claims}.${'A'.repeat(86)}`)).toBe('unauthorized')
  })

  test('[COL22] one refused document does not disturb the others of its socket', async () => {
    const mine = await nodes.panel()
    const foreign = await nodes.panel({ mallory: 'owner' })
    const tab = nodes.tab(await nodes.start())
    const refused = tab.open(foreign.document)
    const open = tab.open(mine.document)
    await until(() => isSaved(open))
    stateOf(open).set('title', 'Plan')
    await until(() => isSaved(open))
    expect(refused.isAuthenticated).toBe(false)
  })

  test('[COL23] a socket belongs to one user', async () => {
    const { document, workspaceId } = await nodes.panel()
    const node = await nodes.start()
    using socket = await RawSocket.open(node.url)
    socket.auth(document, nodes.signer.tokenOf('alice'))
    await until(() => socket.of(document, 2).length > 0)
    socket.auth(workspaceId, nodes.signer.tokenOf('bob'))
    await until(() => socket.of(workspaceId, 2).length > 0)
    expect(new TextDecoder().decode(socket.of(workspaceId, 2)[0]?.subarray(2))).toBe('unauthorized')
  })

  test('[COL24] five hundred documents open on one socket', async () => {
    const { workspaceId } = await nodes.panel()
    const documents = await createManyPanels(workspaceId, 500)
    const tab = nodes.tab(await nodes.start())
    const providers = documents.map((document) => tab.open(document))
    await until(() => providers.every(isSaved))
  })
})

describe('an API key', () => {
  test('[COL118] opens documents as far as its scopes and its owner go', async () => {
    const { document, workspaceId } = await nodes.panel({ alice: 'owner', vera: 'viewer' })
    const node = await nodes.start()
    const keyOf = async (user: string, scope: Scope) =>
      (await someApiKey(nodes.db, user, { scopes: [scope], workspaceIds: [workspaceId] })).key
    const scopeOf = async (key: string) => {
      using tab = new TestTab(node.url, key)
      const provider = tab.open(document)
      await until(() => isSaved(provider))
      return provider.authorizedScope
    }
    expect(await scopeOf(await keyOf('alice', 'write'))).toBe('read-write')
    expect(await scopeOf(await keyOf('alice', 'read'))).toBe('readonly')
    expect(await scopeOf(await keyOf('vera', 'admin'))).toBe('readonly')
    expect(await refusalFor(document, await keyOf('alice', 'git'))).toBe('forbidden')
    const other = await nodes.panel({ alice: 'owner' })
    expect(await refusalFor(other.document, await keyOf('alice', 'write'))).toBe('not_found')
    expect(await refusalFor(document, `nxs_${'a'.repeat(43)}`)).toBe('unauthorized')
  })

  test('[COL119] or a session that ends takes its sockets with it, on every server, and no others', async () => {
    const { document } = await nodes.panel({ alice: 'owner' })
    const fanout = createMemoryFanout()
    const node = await nodes.start({ fanout })
    const { id, key } = await someApiKey(nodes.db, 'alice', { scopes: ['write'] })
    using byKey = await RawSocket.open(node.url)
    using bySession = await RawSocket.open(node.url)
    using other = await RawSocket.open(node.url)
    await someSession('alice', 'session-1')
    byKey.auth(document, key)
    bySession.auth(document, nodes.signer.tokenOf('alice', { sessionId: 'session-1' }))
    other.auth(document, nodes.signer.tokenOf('alice'))
    for (const socket of [byKey, bySession, other]) await until(() => socket.of(document, 2).length > 0)
    await nodes.db.deleteFrom('api_keys').where('id', '=', id).execute()
    await nodes.db.deleteFrom('sessions').where('id', '=', 'session-1').execute()
    fanout.publishEnded(id)
    expect((await byKey.closed).code).toBe(4401)
    expect(bySession.ws.readyState).toBe(bySession.ws.OPEN)
    fanout.publishEnded('session-1')
    expect((await bySession.closed).code).toBe(4401)
    expect(other.ws.readyState).toBe(other.ws.OPEN)
    expect(await refusalFor(document, key)).toBe('unauthorized')
  })
})

/** A session of somebody who has an account. */
async function someSession(user: string, id: string): Promise<void> {
  const expiresAt = new Date(Date.now() + 86_400_000)
  await nodes.db
    .insertInto('sessions')
    .values({
      id,
      user_id: toUserId(user),
      token: id,
      expires_at: expiresAt,
      updated_at: new Date(),
      ip_address: null,
      user_agent: null,
    })
    .execute()
}

describe('a reader', () => {
  test('[COL25] sees edits as they happen and changes nothing', async () => {
    const { document } = await nodes.panel({ alice: 'owner', vera: 'viewer' })
    const node = await nodes.start()
    const alice = nodes.tab(node, 'alice').open(document)
    const vera = nodes.tab(node, 'vera').open(document)
    await until(() => isSaved(alice) && isSaved(vera))
    expect(vera.authorizedScope).toBe('readonly')
    stateOf(vera).set('mine', 'now')
    stateOf(alice).set('title', 'Plan')
    await until(() => stateOf(vera).get('title') === 'Plan' && isSaved(alice))
    expect(stateOf(alice).get('mine')).toBeUndefined()
    expect(isSaved(vera)).toBe(false)
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })

  test('[COL26] is everybody in an archived workspace', async () => {
    const { document, workspaceId } = await nodes.panel()
    await nodes.db
      .updateTable('workspaces')
      .set({ status: 'archived' })
      .where('id', '=', workspaceId)
      .execute()
    const alice = nodes.tab(await nodes.start()).open(document)
    await until(() => alice.isAuthenticated)
    expect(alice.authorizedScope).toBe('readonly')
  })
})

describe('rights that change', () => {
  const setUp = async (options = {}) => {
    const panel = await nodes.panel()
    const fanout = createMemoryFanout()
    const node = await nodes.start({ fanout, options })
    const bob = nodes.tab(node, 'bob').open(panel.document)
    const alice = nodes.tab(node, 'alice').open(panel.document)
    await until(() => isSaved(bob) && isSaved(alice))
    const closed: string[] = []
    bob.on('close', ({ event }: { event: { reason: string } }) => closed.push(event.reason))
    const membership = () => ({ workspace_id: panel.workspaceId, user_id: toUserId('bob') })
    const removeBob = async () => {
      const { workspace_id, user_id } = membership()
      await nodes.db
        .deleteFrom('workspace_members')
        .where('workspace_id', '=', workspace_id)
        .where('user_id', '=', user_id)
        .execute()
    }
    return { ...panel, fanout, node, bob, alice, closed, removeBob }
  }

  test('[COL27] a removed member is let go at once, the others stay', async () => {
    const { fanout, workspaceId, bob, alice, closed, removeBob } = await setUp()
    await removeBob()
    fanout.publishNotice({ type: 'member_changed', workspaceId, userId: toUserId('bob') })
    await until(() => closed.includes('forbidden'))
    expect(bob.isAuthenticated).toBe(false)
    stateOf(alice).set('title', 'Plan')
    await until(() => isSaved(alice))
    expect(stateOf(bob).get('title')).toBeUndefined()
  })

  test('[COL28] a removed member is let go when the notice is lost, too', async () => {
    const { closed, removeBob } = await setUp({ COLLAB_ACCESS_CHECK_MS: 1, COLLAB_ACCESS_CHECK_ALONE_MS: 20 })
    await removeBob()
    await until(() => closed.includes('forbidden'))
  })

  test('[COL29] a member who becomes a reader is told, and changes nothing more', async () => {
    const { fanout, workspaceId, document, bob, alice } = await setUp()
    const told: string[] = []
    bob.on('stateless', ({ payload }: { payload: string }) => told.push(payload))
    await nodes.db
      .updateTable('workspace_members')
      .set({ role: 'viewer' })
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', toUserId('bob'))
      .execute()
    fanout.publishNotice({ type: 'member_changed', workspaceId, userId: toUserId('bob') })
    await until(() => told.length === 2)
    expect(told.map((text) => JSON.parse(text))).toEqual([
      { type: 'member_changed', workspaceId, userId: 'bob' },
      { type: 'access_changed', readOnly: true },
    ])
    stateOf(bob).set('mine', 'now')
    stateOf(alice).set('title', 'Plan')
    await until(() => isSaved(alice) && stateOf(bob).get('title') === 'Plan')
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })

  test('[COL30] a deleted panel is closed for everybody, and its edits are not called saved', async () => {
    const { fanout, workspaceId, panelId, document, bob, alice, node } = await setUp()
    await nodes.db
      .updateTable('panel_states')
      .set({ deleted_at: new Date() })
      .where('document', '=', document)
      .execute()
    stateOf(alice).set('title', 'Plan')
    await until(() => !alice.isAuthenticated)
    fanout.publishNotice({ type: 'panel_deleted', workspaceId, panelId })
    await until(() => !bob.isAuthenticated && node.server.counts().documents === 0)
    expect(alice.hasUnsyncedChanges).toBe(true)
  })

  test('[COL31] notices of a workspace reach who has its document open', async () => {
    const { fanout, workspaceId, node } = await setUp()
    const workspace = nodes.tab(node, 'alice').open(workspaceId)
    await until(() => isSaved(workspace))
    const told: unknown[] = []
    workspace.on('stateless', ({ payload }: { payload: string }) => told.push(JSON.parse(payload)))
    fanout.publishNotice({ type: 'workspace_changed', workspaceId })
    await until(() => told.length > 0)
    expect(told).toEqual([{ type: 'workspace_changed', workspaceId }])
  })
})

describe('a token that ends', () => {
  test('[COL32] is renewed without interrupting anything', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_REAUTH_GRACE_MS: 1 } })
    let asked = 0
    using tab = new TestTab(node.url, () => {
      asked += 1
      const seconds = asked === 1 ? 2 : 900
      return nodes.signer.tokenOf('alice', { expiresAt: new Date(Date.now() + seconds * 1_000) })
    })
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    let closes = 0
    alice.on('close', () => {
      closes += 1
    })
    await until(() => asked === 2)
    const endedAt = Date.now() + 2_500
    await until(() => Date.now() > endedAt)
    expect(closes).toBe(0)
    stateOf(alice).set('title', 'Plan')
    await until(() => isSaved(alice))
  })

  test('[COL33] and is not renewed ends its socket', async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start({ options: { COLLAB_REAUTH_GRACE_MS: 1 } })
    using socket = await RawSocket.open(node.url)
    socket.auth(document, nodes.signer.tokenOf('alice', { expiresAt: new Date(Date.now() + 1_500) }))
    expect(await socket.closed).toEqual({ code: 4401, reason: 'the token has ended' })
  })

  test("[COL33] and is replaced by another user's ends its socket", async () => {
    const { document } = await nodes.panel()
    const node = await nodes.start()
    using socket = await RawSocket.open(node.url)
    socket.auth(document, nodes.signer.tokenOf('alice'))
    await until(() => socket.of(document, 2).length > 0)
    await until(() => node.server.counts().documents === 1)
    socket.auth(document, nodes.signer.tokenOf('bob'))
    expect((await socket.closed).code).toBe(4401)
  })
})

async function createManyPanels(workspaceId: WorkspaceId, count: number) {
  const documents = Array.from({ length: count }, () => {
    const panelId = createPanelId()
    return someDocument({ workspaceId, panelId, document: panelDocumentName(workspaceId, panelId) })
  })
  await nodes.log.create(documents)
  return documents.map(({ document }) => document)
}
