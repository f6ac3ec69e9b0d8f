import { toVersion } from '@nexus/core'
import { PANEL_LIBRARY } from '@nexus/core/nxml'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { invite, type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = () => startTestApi({ db: database.db })

const SOURCE = `<NexusPanel title="Score">
  <Data>
    <State name="points" type="number" default="3" />
    <Computed name="double" value="$state.points * 2" />
  </Data>
  <View><Text content="{$state.double}" /></View>
</NexusPanel>`

const panelsOf = async (person: Person): Promise<{ id: string; name: string; position: number }[]> =>
  (await person.call('GET', `/api/workspaces/${person.workspaceId}/panels`)).body

describe('panels', () => {
  test('[PAN1] a panel with a source has its name, its defaults and its computed values', async () => {
    const ann = await signUp(await start())
    const answer = await ann.call('POST', '/api/panels', {
      body: { workspaceId: ann.workspaceId, nxmlSource: SOURCE },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/api/panels/${answer.body.id}`)
    expect(answer.body).toEqual({
      id: expect.any(String),
      workspaceId: ann.workspaceId,
      name: 'Score',
      panelType: 'custom',
      status: 'active',
      position: 3,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      nxmlSource: SOURCE,
    })
    const { body } = await ann.call('GET', `/api/state/${ann.workspaceId}/${answer.body.id}`)
    expect(body.state).toEqual({ $state: { points: 3 }, $computed: { double: 6 } })
  })

  test('[PAN2] without a source it is free-form, with whatever initial state it is given', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, {
      initialState: { any: [1, { b: null }] },
      name: 'Mine',
      panelType: 'notes',
    })
    expect((await panel.read()).body.state).toEqual({ $state: { any: [1, { b: null }] }, $computed: {} })
    const { body } = await ann.call('GET', `/api/panels/${panel.panelId}`)
    expect(body).toMatchObject({ name: 'Mine', panelType: 'notes', nxmlSource: null })
  })

  test('[PAN3] the initial state is laid over the defaults, and must fit the source', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, {
      nxmlSource: SOURCE,
      initialState: { $state: { points: 10 }, $computed: {} },
    })
    expect((await panel.read()).body.state.$computed).toEqual({ double: 20 })
    const wrong = await ann.call('POST', '/api/panels', {
      body: { workspaceId: ann.workspaceId, nxmlSource: SOURCE, initialState: { unknown: 1 } },
    })
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid_patch' } })
    expect(await panelsOf(ann)).toHaveLength(3)
  })

  test('[PAN4] a source with errors is refused with line and column, and makes no panel', async () => {
    const ann = await signUp(await start())
    const answer = await ann.call('POST', '/api/panels', {
      body: {
        workspaceId: ann.workspaceId,
        nxmlSource: '<NexusPanel title="x">\n  <View><Text></View>\n</NexusPanel>',
      },
    })
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({ code: 'invalid_nxml', line: 2, column: expect.any(Number) })
    expect(await panelsOf(ann)).toHaveLength(2)
  })

  test('[PAN5] a panel names its workspace; there is no default one', async () => {
    const ann = await signUp(await start())
    const answer = await ann.call('POST', '/api/panels', { body: { name: 'x' } })
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', pointer: '/workspaceId' },
    })
  })

  test('[PAN6] panels come in the order people gave them', async () => {
    const ann = await signUp(await start())
    const [first, second] = await panelsOf(ann)
    await ann.call('PATCH', `/api/panels/${second?.id}`, { body: { position: 0.5 } })
    expect((await panelsOf(ann)).map(({ id }) => id)).toEqual([second?.id, first?.id])
    const { body: workspace } = await ann.call('GET', `/api/workspaces/${ann.workspaceId}`)
    expect(workspace.panels.map(({ id }: { id: string }) => id)).toEqual([second?.id, first?.id])
  })

  test('[PAN7] panels created at once get places of their own', async () => {
    const ann = await signUp(await start())
    await Promise.all(Array.from({ length: 6 }, () => somePanel(ann)))
    const positions = (await panelsOf(ann)).map(({ position }) => position)
    expect(positions).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('[PAN8] a new source goes through the log as a text difference, and the state follows it', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, { nxmlSource: SOURCE })
    const next = SOURCE.replace('* 2', '* 100')
    const answer = await ann.call('PATCH', `/api/panels/${panel.panelId}`, { body: { nxmlSource: next } })
    expect(answer).toMatchObject({ status: 200, body: { nxmlSource: next, version: 2 } })
    expect((await panel.read()).body.state.$computed).toEqual({ double: 300 })
    const [entry] = await createSqlUpdateLog(database.db).readTail(
      `${ann.workspaceId}/${panel.panelId}` as never,
      { after: toVersion(1) },
    )
    expect(entry).toMatchObject({ userId: ann.userId, triggeredBy: 'api', changeType: 'updated' })
    expect(entry?.update.byteLength).toBeLessThan(60)
    const broken = await ann.call('PATCH', `/api/panels/${panel.panelId}`, {
      body: { nxmlSource: '<NexusPanel' },
    })
    expect(broken).toMatchObject({ status: 422, body: { code: 'invalid_nxml' } })
    expect((await panel.read()).body.version).toBe(2)
  })

  test('[PAN14] states that come with a new source have their defaults at once, and take writes', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, { nxmlSource: SOURCE, initialState: { points: 8 } })
    const nxmlSource = SOURCE.replace(
      'type="number" default="3" />',
      'type="counter" default="0" />',
    ).replace('</Data>', '<State name="tasks" type="list" default="[]" /></Data>')
    expect((await ann.call('PATCH', `/api/panels/${panel.panelId}`, { body: { nxmlSource } })).status).toBe(
      200,
    )
    const patched = await panel.patch([
      { op: 'increment', path: '/$state/points', value: 2 },
      { op: 'add', path: '/$state/tasks/-', value: { id: 1 } },
    ])
    expect(patched).toMatchObject({ status: 200, body: { version: 3 } })
    expect((await panel.read()).body.state).toEqual({
      $state: { points: 10, tasks: [{ id: 1 }] },
      $computed: { double: 20 },
    })
  })

  test('[PAN9] a deleted panel is gone everywhere, and writes to it are refused', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    await panel.read()
    expect((await ann.call('DELETE', `/api/panels/${panel.panelId}`)).status).toBe(204)
    expect((await ann.call('GET', `/api/panels/${panel.panelId}`)).status).toBe(404)
    expect((await panel.read()).status).toBe(404)
    expect((await panel.put({ state: { $state: {} } })).status).toBe(404)
    expect((await ann.call('DELETE', `/api/panels/${panel.panelId}`)).status).toBe(404)
    expect(await panelsOf(ann)).toHaveLength(2)
  })

  test('[PAN10] a panel is not reachable through another workspace, also for somebody who is in both', async () => {
    const api = await start()
    const [ann, bob] = [await signUp(api), await signUp(api)]
    const panel = await somePanel(ann, { initialState: { secret: 1 } })
    await invite(database.db, ann, bob, 'editor')
    const through = `/api/state/${bob.workspaceId}/${panel.panelId}`
    expect((await bob.call('GET', through)).status).toBe(404)
    expect((await bob.call('PUT', through, { body: { state: { $state: {} } } })).status).toBe(404)
    expect((await bob.call('GET', panel.path)).status).toBe(200)
  })

  test('[PAN11] viewers read, and every write is refused with 403; strangers get 404', async () => {
    const api = await start()
    const [ann, vic, eve] = [await signUp(api), await signUp(api), await signUp(api)]
    await invite(database.db, ann, vic, 'viewer')
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    expect((await vic.call('GET', panel.path)).body.state.$state).toEqual({ n: 1 })
    const writes = [
      ['PUT', panel.path, { state: { $state: { n: 2 } } }],
      ['PATCH', panel.path, []],
      ['PATCH', `/api/panels/${panel.panelId}`, { name: 'x' }],
      ['DELETE', `/api/panels/${panel.panelId}`, undefined],
      ['POST', '/api/panels', { workspaceId: ann.workspaceId }],
      ['POST', `/api/state/${ann.workspaceId}/snapshot`, {}],
    ] as const
    for (const [method, path, body] of writes) {
      const refused = await vic.call(method, path, { body })
      expect(refused, `${method} ${path}`).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      const hidden = await eve.call(method, path, { body })
      expect(hidden, `${method} ${path}`).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    expect((await panel.read()).body.version).toBe(1)
  })

  test('[PAN12] the library offers every built-in panel with a source that makes one', async () => {
    const ann = await signUp(await start())
    const { body: library } = await ann.call('GET', '/api/library')
    expect(library).toHaveLength(PANEL_LIBRARY.length)
    for (const { nxmlSource, title } of library) {
      const made = await ann.call('POST', '/api/panels', {
        body: { workspaceId: ann.workspaceId, nxmlSource },
      })
      expect(made).toMatchObject({ status: 201, body: { name: title } })
    }
  })

  test('[PAN13] a panel cannot leave its workspace', async () => {
    const api = await start()
    const [ann, bob] = [await signUp(api), await signUp(api)]
    const panel = await somePanel(ann)
    const answer = await ann.call('PATCH', `/api/panels/${panel.panelId}`, {
      body: { workspaceId: bob.workspaceId },
    })
    expect(answer).toMatchObject({ status: 422, body: { pointer: '/workspaceId' } })
  })
})
