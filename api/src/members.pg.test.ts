import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test, vi } from 'vitest'
import { mailTo, newMailFolder } from './testkit/read-mails.ts'
import { openEvents } from './testkit/subscribers.ts'
import { invite, type Person, signUp, somePanel, startTestApi, type TestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })
const pathOf = ({ workspaceId }: Person, rest: string) => `/api/workspaces/${workspaceId}/${rest}`
const inviteBy = (host: Person, email: string, role = 'editor') =>
  host.call('POST', pathOf(host, 'members'), { body: { email, role } })
const accept = (guest: Person, token: string) =>
  guest.call('POST', '/api/invitations/accept', { body: { token } })
const rolesIn = async (host: Person, by = host): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await by.call('GET', pathOf(host, 'members'))).body.map((member: { userId: string; role: string }) => [
      member.userId,
      member.role,
    ]),
  )
const eventsOf = async (host: Person, by = host, query = '') =>
  (await by.call('GET', pathOf(host, `audit${query}`))).body

/** An owner, an editor and a viewer of one workspace. */
async function someTeam(api: TestApi) {
  const [ann, ben, vera] = [await signUp(api), await signUp(api), await signUp(api)]
  await invite(database.db, ann, ben, 'editor')
  await invite(database.db, ann, vera, 'viewer')
  return { ann, ben, vera }
}

describe('an invitation', () => {
  test('[MEM1] makes who was invited a member with that role, once', async () => {
    const api = await start({ options: { PUBLIC_URL: 'https://nexus.example.org' } })
    const [ann, ben] = [await signUp(api), await signUp(api)]
    const { status, headers, body } = await inviteBy(ann, ` ${ben.email.toUpperCase()} `, 'viewer')
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(body).toEqual({
      id: expect.any(String),
      email: ben.email,
      role: 'viewer',
      invitedBy: ann.userId,
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      url: `https://nexus.example.org/invitation#${body.token}`,
      isMailed: expect.any(Boolean),
    })
    expect((await ben.call('GET', `/api/workspaces/${ann.workspaceId}`)).status).toBe(404)
    const accepted = await accept(ben, body.token)
    expect([accepted.status, accepted.body.id, accepted.body.role]).toEqual([200, ann.workspaceId, 'viewer'])
    expect(await rolesIn(ann)).toEqual({ [ann.userId]: 'owner', [ben.userId]: 'viewer' })
    expect((await accept(ben, body.token)).status).toBe(404)
    expect((await ann.call('GET', pathOf(ann, 'invitations'))).body).toEqual([])
  })

  test('[MEM2] is for its e-mail address, also when its account is made later', async () => {
    const api = await start()
    const [ann, eve] = [await signUp(api), await signUp(api)]
    const email = `later.${ann.userId}@example.org`
    const { body } = await inviteBy(ann, email)
    const refused = await accept(eve, body.token)
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden'])
    const shown = await api.call('POST', '/api/invitations/show', { body: { token: body.token } })
    expect(shown.body).toEqual({
      email,
      role: 'editor',
      workspaceName: 'My First Workspace',
      invitedBy: expect.stringContaining('Person'),
      expiresAt: body.expiresAt,
    })
    const signedUp = await api.call('POST', '/api/auth/signup', {
      body: { email, password: 'correct horse battery', name: 'Late' },
    })
    const accepted = await api.call('POST', '/api/invitations/accept', {
      body: { token: body.token },
      token: signedUp.body.accessToken,
    })
    expect([accepted.status, accepted.body.role]).toEqual([200, 'editor'])
  })

  test('[MEM3] made anew, withdrawn or over is void, and its token is stored as a hash', async () => {
    const api = await start()
    const [ann, ben] = [await signUp(api), await signUp(api)]
    const { body: first } = await inviteBy(ann, ben.email)
    const { body: second } = await inviteBy(ann, ben.email, 'viewer')
    const rows = await database.db
      .selectFrom('invitations')
      .selectAll()
      .where('email', '=', ben.email)
      .execute()
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(second.token)
    expect((await accept(ben, first.token)).status).toBe(404)
    const listed = (await ann.call('GET', pathOf(ann, 'invitations'))).body
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([second.id])
    expect((await ann.call('DELETE', pathOf(ann, `invitations/${second.id}`))).status).toBe(204)
    expect((await ann.call('DELETE', pathOf(ann, `invitations/${second.id}`))).status).toBe(404)
    expect((await accept(ben, second.token)).status).toBe(404)
    const { body: third } = await inviteBy(ann, ben.email)
    await database.db
      .updateTable('invitations')
      .set({ expires_at: new Date() })
      .where('id', '=', third.id)
      .execute()
    expect((await accept(ben, third.token)).status).toBe(404)
    expect((await api.call('POST', '/api/invitations/show', { body: { token: third.token } })).status).toBe(
      404,
    )
    expect(await rolesIn(ann)).toEqual({ [ann.userId]: 'owner' })
  })

  test('[MEM4] is not made for a member, as owner, or as the hundred-and-first', async () => {
    const api = await start()
    const { ann, ben } = await someTeam(api)
    const member = await inviteBy(ann, ben.email)
    expect([member.status, member.body.code]).toEqual([409, 'already_member'])
    const owner = await inviteBy(ann, 'x@example.org', 'owner')
    expect([owner.status, owner.body.pointer]).toEqual([422, '/role'])
    expect((await inviteBy(ann, 'nobody')).body.pointer).toBe('/email')
    for (let made = 0; made < 100; made += 1) await inviteBy(ann, `guest${made}@example.org`)
    const more = await inviteBy(ann, 'more@example.org')
    expect([more.status, more.body.code, more.body.limit]).toEqual([403, 'quota_exceeded', 100])
    expect((await inviteBy(ann, 'guest0@example.org')).status).toBe(201)
  })

  test('[MEM1] accepted twice at once makes one member', async () => {
    const api = await start()
    const [ann, ben] = [await signUp(api), await signUp(api)]
    const { body } = await inviteBy(ann, ben.email)
    const answers = await Promise.all([1, 2, 3].map(() => accept(ben, body.token)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404])
  })
})

test('[MEM10] an invitation is sent by mail, where mail is sent, without anything that people have typed', async () => {
  const mailFolder = await newMailFolder()
  const api = await start({ mailFolder })
  const ann = await signUp(api)
  await ann.call('PATCH', `/api/workspaces/${ann.workspaceId}`, {
    body: { name: 'Buy https://evil.example' },
  })
  const { body } = await inviteBy(ann, 'guest@example.org')
  expect(body.isMailed).toBe(true)
  const mail = await mailTo(mailFolder, 'guest@example.org')
  expect(mail.text).toContain(`https://nexus.test/invitation#${body.token}`)
  expect(mail.text).not.toContain('evil')
  expect((await inviteBy(await signUp(await start()), 'guest@example.org')).body.isMailed).toBe(false)
})

describe('a role', () => {
  test('[MEM5] that is changed counts from the next request on', async () => {
    const api = await start()
    const { ann, ben } = await someTeam(api)
    const panel = await somePanel(ann)
    const put = { body: { state: { $state: { n: 1 } } } }
    expect((await ben.call('PUT', panel.path, put)).status).toBe(200)
    const changed = await ann.call('PATCH', pathOf(ann, `members/${ben.userId}`), {
      body: { role: 'viewer' },
    })
    expect([changed.status, changed.body.userId, changed.body.role]).toEqual([200, ben.userId, 'viewer'])
    expect((await ben.call('PUT', panel.path, put)).status).toBe(403)
    expect((await ben.call('GET', panel.path)).status).toBe(200)
  })

  test('[MEM6] owner hands the workspace over: the member owns it, who owned it edits it', async () => {
    const api = await start()
    const { ann, ben, vera } = await someTeam(api)
    const path = pathOf(ann, `members/${ben.userId}`)
    expect((await ann.call('PATCH', path, { body: { role: 'owner' } })).status).toBe(200)
    expect(await rolesIn(ann, ben)).toEqual({
      [ben.userId]: 'owner',
      [ann.userId]: 'editor',
      [vera.userId]: 'viewer',
    })
    expect((await ben.call('GET', `/api/workspaces/${ann.workspaceId}`)).body.ownerId).toBe(ben.userId)
    expect((await ann.call('PATCH', path, { body: { role: 'editor' } })).status).toBe(403)
  })

  test('[MEM6] owner is not for whom the plan allows no more workspaces', async () => {
    const api = await start()
    const { ann, ben } = await someTeam(api)
    for (const name of ['Two', 'Three']) await ben.call('POST', '/api/workspaces', { body: { name } })
    const path = pathOf(ann, `members/${ben.userId}`)
    const refused = await ann.call('PATCH', path, { body: { role: 'owner' } })
    expect([refused.status, refused.body.code]).toEqual([403, 'quota_exceeded'])
    expect((await rolesIn(ann))[ann.userId]).toBe('owner')
  })

  test('[MEM7] owner is always one’s: it is neither given up, nor removed, nor doubled by a race', async () => {
    const api = await start()
    const { ann, ben, vera } = await someTeam(api)
    const own = pathOf(ann, `members/${ann.userId}`)
    expect((await ann.call('PATCH', own, { body: { role: 'editor' } })).status).toBe(422)
    expect((await ann.call('DELETE', own)).status).toBe(422)
    await Promise.all(
      [ben, vera].map((each) =>
        ann.call('PATCH', pathOf(ann, `members/${each.userId}`), { body: { role: 'owner' } }),
      ),
    )
    const roles = Object.values(await rolesIn(ann, ben))
    expect(roles.filter((role) => role === 'owner')).toHaveLength(1)
  })
})

describe('a member', () => {
  test('[MEM8] who is removed sees nothing any more, and open connections end', async () => {
    const api = await start()
    const { ann, vera } = await someTeam(api)
    const panel = await somePanel(ann)
    const events = await openEvents(`${api.url}${panel.path}/events?token=${vera.token}`)
    await vi.waitFor(() => expect(events.events).toHaveLength(1))
    expect((await ann.call('DELETE', pathOf(ann, `members/${vera.userId}`))).status).toBe(204)
    await vi.waitFor(() => expect(events.state.isEnded).toBe(true), { timeout: 2_000 })
    expect((await vera.call('GET', panel.path)).status).toBe(404)
    expect((await ann.call('DELETE', pathOf(ann, `members/${vera.userId}`))).status).toBe(404)
  })

  test('[MEM9] leaves when they want, by themselves', async () => {
    const api = await start()
    const { ann, ben, vera } = await someTeam(api)
    expect((await ben.call('DELETE', pathOf(ann, `members/${vera.userId}`))).status).toBe(403)
    expect((await vera.call('DELETE', pathOf(ann, `members/${vera.userId}`))).status).toBe(204)
    expect((await vera.call('GET', `/api/workspaces/${ann.workspaceId}`)).status).toBe(404)
  })
})

describe('the audit log', () => {
  test('[AUD1] tells its owner who did what, by which key and from where, and nothing secret', async () => {
    const api = await start()
    const { ann, ben } = await someTeam(api)
    const { body: key } = await ann.call('POST', '/api/keys', { body: { name: 'CI', scopes: ['admin'] } })
    const panel = await somePanel(ann)
    const { body: invited } = await inviteBy(ann, 'guest@example.org')
    await api.call('PATCH', pathOf(ann, `members/${ben.userId}`), {
      body: { role: 'viewer' },
      token: key.key,
    })
    await ann.call('PATCH', `/api/workspaces/${ann.workspaceId}`, { body: { name: 'Ours' } })
    await ann.call('DELETE', `/api/panels/${panel.panelId}`)
    await ann.call('DELETE', pathOf(ann, `invitations/${invited.id}`))
    await ben.call('DELETE', pathOf(ann, `members/${ben.userId}`))
    const events = await eventsOf(ann)
    expect(
      events.map(({ action, userId, details }: Record<string, unknown>) => [action, userId, details]),
    ).toEqual([
      ['member_left', ben.userId, { userId: ben.userId, name: expect.any(String), role: 'viewer' }],
      ['invitation_withdrawn', ann.userId, { email: 'guest@example.org', role: 'editor' }],
      ['panel_deleted', ann.userId, { panelId: panel.panelId, name: expect.any(String) }],
      ['workspace_changed', ann.userId, { name: 'Ours' }],
      [
        'role_changed',
        ann.userId,
        { userId: ben.userId, name: expect.any(String), from: 'editor', to: 'viewer' },
      ],
      ['invitation_made', ann.userId, { email: 'guest@example.org', role: 'editor' }],
    ])
    expect(events[4]).toMatchObject({ apiKeyId: key.id, address: '127.0.0.1', userName: expect.any(String) })
    expect(events[3].apiKeyId).toBeNull()
    expect(JSON.stringify(events)).not.toContain(invited.token)
  })

  test('[AUD2] is read page by page', async () => {
    const api = await start()
    const ann = await signUp(api)
    for (const name of ['A', 'B', 'C'])
      await ann.call('PATCH', `/api/workspaces/${ann.workspaceId}`, { body: { name } })
    const first = await eventsOf(ann, ann, '?limit=2')
    const rest = await eventsOf(ann, ann, `?limit=2&before=${first[1].id}`)
    expect([...first, ...rest].map(({ details }) => details.name)).toEqual(['C', 'B', 'A'])
    expect((await ann.call('GET', pathOf(ann, 'audit?before=x'))).status).toBe(422)
  })

  test('[AUD3] forgets what is older than it is kept, when a process starts', async () => {
    const ann = await signUp(await start())
    await ann.call('PATCH', `/api/workspaces/${ann.workspaceId}`, { body: { name: 'Old' } })
    await database.db
      .updateTable('audit_events')
      .set({ occurred_at: new Date(Date.now() - 3 * 86_400_000) })
      .execute()
    await ann.call('PATCH', `/api/workspaces/${ann.workspaceId}`, { body: { name: 'New' } })
    await start({ options: { AUDIT_DAYS: 2 } })
    await vi.waitFor(async () => expect(await eventsOf(ann)).toHaveLength(1))
  })
})
