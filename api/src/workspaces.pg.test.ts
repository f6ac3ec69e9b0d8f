import { type Notice, parseWorkspaceId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { invite, signUp, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })
const UNKNOWN = '0190a000-0000-7000-8000-000000000000'

describe('workspaces', () => {
  test('[WRK1] creating answers 201 with the workspace and its place', async () => {
    const ann = await signUp(await start())
    const answer = await ann.call('POST', '/api/workspaces', {
      body: { name: ' Plans ', description: 'Ours' },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/api/workspaces/${answer.body.id}`)
    expect(answer.body).toEqual({
      id: expect.any(String),
      name: 'Plans',
      description: 'Ours',
      status: 'active',
      role: 'owner',
      panelCount: 0,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      ownerId: ann.userId,
      panels: [],
      gitBranch: 'main',
      lastCommitHash: null,
      gitError: null,
      gitPush: null,
    })
    const read = await ann.call('GET', `/api/workspaces/${answer.body.id}`)
    expect(read.body).toEqual(answer.body)
  })

  test('[PUSH2] a workspace says how far its repository has been pushed, and why not further', async () => {
    const ann = await signUp(await start())
    const pushed = new Date('2026-01-02T03:04:05.000Z')
    const status = async (row: { head_commit: string; pushed_commit?: string; push_error?: string }) => {
      const workspaceId = parseWorkspaceId(ann.workspaceId)
      if (workspaceId === null) throw new Error('Ann has no workspace.')
      const git = { pushed_at: row.pushed_commit === undefined ? null : pushed, ...row }
      await database.db
        .insertInto('workspace_git')
        .values({ workspace_id: workspaceId, manifest: '{}', ...git })
        .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(git))
        .execute()
      return (await ann.call('GET', `/api/workspaces/${ann.workspaceId}`)).body.gitPush
    }
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]
    const pushedAt = pushed.toISOString()
    expect(await status({ head_commit: a })).toBeNull()
    expect(await status({ head_commit: a, push_error: 'fatal: no' })).toEqual({
      state: 'failing',
      commit: null,
      pushedAt: null,
      error: 'fatal: no',
    })
    await database.db.updateTable('workspace_git').set({ push_error: null }).execute()
    const at = { commit: a, pushedAt, error: null }
    expect(await status({ head_commit: a, pushed_commit: a })).toEqual({ state: 'pushed', ...at })
    expect(await status({ head_commit: b, pushed_commit: a })).toEqual({ state: 'waiting', ...at })
  })

  test('[WRK11] members see who else may, and as what; strangers do not', async () => {
    const api = await start()
    const [ann, bob, eve] = [await signUp(api), await signUp(api), await signUp(api)]
    await invite(database.db, ann, bob, 'viewer')
    const path = `/api/workspaces/${ann.workspaceId}/members`
    const expected = [
      { userId: ann.userId, name: expect.any(String), email: ann.email, role: 'owner' },
      { userId: bob.userId, name: expect.any(String), email: bob.email, role: 'viewer' },
    ]
    for (const person of [ann, bob]) expect((await person.call('GET', path)).body).toEqual(expected)
    expect((await eve.call('GET', path)).status).toBe(404)
  })

  test('[WRK2] the list has one entry per membership, with the panel count, and can be filtered', async () => {
    const ann = await signUp(await start())
    const { body: second } = await ann.call('POST', '/api/workspaces', { body: { name: 'Old' } })
    await ann.call('PATCH', `/api/workspaces/${second.id}`, { body: { status: 'archived' } })
    const { body: all } = await ann.call('GET', '/api/workspaces')
    expect(all).toMatchObject([
      { id: ann.workspaceId, panelCount: 2, status: 'active', role: 'owner' },
      { id: second.id, panelCount: 0, status: 'archived' },
    ])
    const { body: archived } = await ann.call('GET', '/api/workspaces?status=archived')
    expect(archived.map(({ id }: { id: string }) => id)).toEqual([second.id])
    expect((await ann.call('GET', '/api/workspaces?status=lost')).status).toBe(422)
  })

  test('[WRK3] a free plan has three workspaces, however many requests ask at once', async () => {
    const ann = await signUp(await start())
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ann.call('POST', '/api/workspaces', { body: { name: `W${n}` } })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    const refused = answers.find(({ status }) => status !== 201)
    expect(refused).toMatchObject({ status: 403, body: { code: 'quota_exceeded', limit: 3, plan: 'free' } })
    const { body: all } = await ann.call('GET', '/api/workspaces')
    expect(all).toHaveLength(3)
  })

  test('[WRK4] renaming, describing and archiving change only what is named', async () => {
    const ann = await signUp(await start())
    const path = `/api/workspaces/${ann.workspaceId}`
    const renamed = await ann.call('PATCH', path, { body: { name: 'New' } })
    expect(renamed.body).toMatchObject({ name: 'New', description: '', status: 'active' })
    const described = await ann.call('PATCH', path, { body: { description: 'Text', status: 'suspended' } })
    expect(described.body).toMatchObject({ name: 'New', description: 'Text', status: 'suspended' })
    const activated = await ann.call('POST', `${path}/activate`)
    expect(activated.status).toBe(200)
    expect(activated.body).toMatchObject({
      status: 'active',
      panels: [{ panelType: 'notes' }, { panelType: 'todo' }],
    })
  })

  test('[WRK5] deleting takes the workspace, its panels and their states away', async () => {
    const ann = await signUp(await start())
    const { body: workspace } = await ann.call('GET', `/api/workspaces/${ann.workspaceId}`)
    const statePath = `/api/state/${ann.workspaceId}/${workspace.panels[0].id}`
    expect((await ann.call('DELETE', `/api/workspaces/${ann.workspaceId}`)).status).toBe(204)
    for (const path of [
      `/api/workspaces/${ann.workspaceId}`,
      `/api/workspaces/${ann.workspaceId}/panels`,
      `/api/panels/${workspace.panels[0].id}`,
      statePath,
      `/api/state/${ann.workspaceId}/snapshot`,
    ]) {
      expect(await ann.call('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    expect((await ann.call('GET', '/api/workspaces')).body).toEqual([])
  })

  test('[WRK6] strangers are told 404, members without the role 403', async () => {
    const api = await start()
    const [ann, bob, eve] = [await signUp(api), await signUp(api), await signUp(api)]
    await invite(database.db, ann, bob, 'editor')
    const path = `/api/workspaces/${ann.workspaceId}`
    for (const [method, options] of [
      ['GET', {}],
      ['PATCH', { body: { name: 'x' } }],
      ['DELETE', {}],
    ] as const) {
      expect(await eve.call(method, path, options)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
    }
    expect((await bob.call('GET', path)).body).toMatchObject({ role: 'editor', ownerId: ann.userId })
    expect(await bob.call('PATCH', path, { body: { name: 'x' } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
    expect((await bob.call('DELETE', path)).status).toBe(403)
    expect((await ann.call('GET', path)).body.name).toBe('My First Workspace')
  })

  test.each(['x', UNKNOWN, '%00', 'A'.repeat(300), '..%2f..'])(
    '[WRK7] the id "%s" is answered with 404',
    async (id) => {
      const ann = await signUp(await start())
      expect((await ann.call('GET', `/api/workspaces/${id}`)).status).toBe(404)
      expect((await ann.call('GET', `/api/panels/${id}`)).status).toBe(404)
      expect((await ann.call('GET', `/api/state/${ann.workspaceId}/${id}`)).status).toBe(404)
    },
  )

  test('[WRK8] every change is told to the sockets of the workspace', async () => {
    const fanout = createMemoryFanout()
    const heard: Notice['type'][] = []
    await fanout.onAnyNotice(({ type }) => heard.push(type))
    const ann = await signUp(await start({ fanout }))
    const path = `/api/workspaces/${ann.workspaceId}`
    await ann.call('PATCH', path, { body: { name: 'x' } })
    const { body: panel } = await ann.call('POST', '/api/panels', { body: { workspaceId: ann.workspaceId } })
    await ann.call('PATCH', `/api/panels/${panel.id}`, { body: { name: 'y' } })
    await ann.call('DELETE', `/api/panels/${panel.id}`)
    await ann.call('DELETE', path)
    expect(heard).toEqual([
      'workspace_changed',
      'panels_changed',
      'panels_changed',
      'panel_deleted',
      'workspace_deleted',
    ])
  })

  test('[WRK9] nothing is written into an archived workspace', async () => {
    const ann = await signUp(await start())
    const { body: before } = await ann.call('GET', `/api/workspaces/${ann.workspaceId}`)
    await ann.call('PATCH', `/api/workspaces/${ann.workspaceId}`, { body: { status: 'archived' } })
    const panelId = before.panels[0].id
    const answers = [
      await ann.call('POST', '/api/panels', { body: { workspaceId: ann.workspaceId } }),
      await ann.call('PATCH', `/api/panels/${panelId}`, { body: { name: 'x' } }),
      await ann.call('PUT', `/api/state/${ann.workspaceId}/${panelId}`, { body: { state: { $state: {} } } }),
    ]
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 409, body: { code: 'workspace_archived' } })
    expect((await ann.call('GET', `/api/state/${ann.workspaceId}/${panelId}`)).status).toBe(200)
  })

  test('[WRK10] a workspace can begin with the starter panels', async () => {
    const ann = await signUp(await start())
    const { body } = await ann.call('POST', '/api/workspaces', { body: { name: 'x', template: 'starter' } })
    expect(body.panelCount).toBe(2)
    const unknown = await ann.call('POST', '/api/workspaces', { body: { name: 'x', template: 'none such' } })
    expect(unknown).toMatchObject({ status: 422, body: { pointer: '/template' } })
  })
})
