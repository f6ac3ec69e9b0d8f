import type { PanelId, WorkspaceId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { someApiKey, withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { invite, type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

/** Somebody with two workspaces, and a panel of three versions in the first. */
async function someMove() {
  const fanout = createMemoryFanout()
  const api = await startTestApi({ db: database.db, fanout })
  const ann = await signUp(api)
  const { body: other } = await ann.call('POST', '/api/workspaces', { body: { name: 'Other' } })
  const panel = await somePanel(ann, { initialState: { n: 1 } })
  await panel.put({ state: { $state: { n: 2 } } })
  await panel.put({ state: { $state: { n: 3 } } })
  const move = (to: string, person: Person = ann, token = person.token) =>
    person.call('POST', `/api/panels/${panel.panelId}/move`, { body: { workspaceId: to }, token })
  const there = `/api/state/${other.id}/${panel.panelId}`
  return { fanout, api, ann, other: other.id as string, panel, move, there }
}

const namesIn = async (person: Person, workspaceId: string): Promise<string[]> =>
  (await person.call('GET', `/api/workspaces/${workspaceId}/panels`)).body.map(({ id }: { id: string }) => id)

describe('moving a panel to another workspace', () => {
  test('[MOV1] takes its state and whole history along, to the end of it', async () => {
    const { ann, other, panel, move, there } = await someMove()
    const answer = await move(other)
    expect(answer).toMatchObject({ status: 200, body: { id: panel.panelId, workspaceId: other, version: 3 } })
    expect((await ann.call('GET', there)).body).toMatchObject({ version: 3, state: { $state: { n: 3 } } })
    expect((await ann.call('GET', `${there}?version=1`)).body.state.$state).toEqual({ n: 1 })
    const { body } = await ann.call('GET', `${there}/history`)
    expect(body.history.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1])
    expect((await ann.call('PUT', there, { body: { state: { $state: { n: 4 } } } })).body.version).toBe(4)
    expect((await panel.read()).status).toBe(404)
    expect(await namesIn(ann, ann.workspaceId)).not.toContain(panel.panelId)
    expect((await namesIn(ann, other)).at(-1)).toBe(panel.panelId)
  })

  test('[MOV1] and back again', async () => {
    const { ann, other, panel, move } = await someMove()
    await move(other)
    await move(ann.workspaceId)
    expect((await panel.read()).body).toMatchObject({ version: 3, state: { $state: { n: 3 } } })
    expect((await panel.put({ state: { $state: { n: 4 } } })).body.version).toBe(4)
    // To where it is already.
    expect((await move(ann.workspaceId)).status).toBe(200)
  })

  test('[MOV2] needs an editor of both, keys for both, one owner, and workspaces that are in use', async () => {
    const { api, ann, other, panel, move } = await someMove()
    const ben = await signUp(api)
    await invite(database.db, ann, ben, 'editor')
    expect(await move(other, ben)).toMatchObject({ status: 404 })
    expect(await move(ben.workspaceId, ben)).toMatchObject({
      status: 409,
      body: { code: 'different_owner' },
    })
    const limited = await someApiKey(database.db, ann.userId, {
      scopes: ['write'],
      workspaceIds: [ann.workspaceId as WorkspaceId],
    })
    expect((await move(other, ann, limited.key)).status).toBe(404)
    expect((await move('nowhere')).status).toBe(404)
    for (const [archived, status] of [
      [other, 409],
      [ann.workspaceId, 409],
    ] as const) {
      await ann.call('PATCH', `/api/workspaces/${archived}`, { body: { status: 'archived' } })
      expect(await move(other)).toMatchObject({ status, body: { code: 'workspace_archived' } })
      await ann.call('POST', `/api/workspaces/${archived}/activate`)
    }
    expect((await panel.read()).body.version).toBe(3)
    expect(await namesIn(ann, other)).not.toContain(panel.panelId)
  })

  test('[MOV3] is told to both workspaces, and stands in the audit log of both', async () => {
    const { fanout, ann, other, panel, move } = await someMove()
    const told: unknown[] = []
    await fanout.onAnyNotice((notice) => told.push(notice))
    await move(other)
    expect(told).toEqual([
      { type: 'panel_deleted', workspaceId: ann.workspaceId, panelId: panel.panelId },
      { type: 'panels_changed', workspaceId: other, panelId: panel.panelId },
    ])
    const newestIn = async (workspaceId: string) =>
      (await ann.call('GET', `/api/workspaces/${workspaceId}/audit`)).body[0]
    const { panelId } = panel
    expect(await newestIn(ann.workspaceId)).toMatchObject({
      action: 'panel_moved_out',
      details: { panelId, to: other },
    })
    expect(await newestIn(other)).toMatchObject({
      action: 'panel_moved_in',
      details: { panelId, from: ann.workspaceId },
    })
  })

  test('[MOV4] beside writes nothing acknowledged is lost, and nothing is written where it was', async () => {
    const { ann, other, panel, move, there } = await someMove()
    const writes = Array.from({ length: 40 }, (_, index) =>
      ann.call('PATCH', panel.path, {
        body: [{ op: 'add', path: `/$state/k${index}`, value: index }],
        headers: { 'content-type': 'application/json-patch+json' },
      }),
    )
    const answers = await Promise.all([...writes.slice(0, 20), move(other), ...writes.slice(20)])
    const saved = answers.filter(({ status, body }) => status === 200 && body.workspaceId === undefined)
    const { state } = (await ann.call('GET', there)).body
    const kept = Object.keys(state.$state).filter((key) => key.startsWith('k'))
    expect(kept).toHaveLength(saved.length)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused.every(({ status }) => status === 404)).toBe(true)
  })

  test('[MOV4] of two at once one wins, and a panel is in one workspace only', async () => {
    const { ann, other, panel, move } = await someMove()
    const { body: third } = await ann.call('POST', '/api/workspaces', { body: { name: 'Third' } })
    const answers = await Promise.all([
      move(other),
      move(third.id),
      ann.call('DELETE', `/api/panels/${panel.panelId}`),
    ])
    for (const { status } of answers) expect([200, 204, 404]).toContain(status)
    const rows = await database.db
      .selectFrom('panel_states')
      .select(['document', 'workspace_id'])
      .where('panel_id', '=', panel.panelId as PanelId)
      .execute()
    expect(rows).toHaveLength(1)
    expect(rows[0]?.document).toBe(`${rows[0]?.workspace_id}/${panel.panelId}`)
  })
})
