import { createPanelId, createSnapshotId, parseWorkspaceId } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { invite, type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const SOURCE =
  '<NexusPanel title="Counter"><Data><State name="n" type="number" default="0"/></Data></NexusPanel>'

/** What the worker makes of a request: the versions of all panels now. */
async function snapshotOf(person: Person, { hash = null }: { readonly hash?: string | null } = {}) {
  const workspaceId = parseWorkspaceId(person.workspaceId)
  if (workspaceId === null) throw new Error('no workspace')
  const rows = await database.db
    .selectFrom('panel_states')
    .select(['panel_id', 'version'])
    .where('workspace_id', '=', workspaceId)
    .where('panel_id', 'is not', null)
    .where('deleted_at', 'is', null)
    .execute()
  const id = createSnapshotId()
  await database.db
    .insertInto('state_snapshots')
    .values({
      id,
      workspace_id: workspaceId,
      type: 'manual',
      state: 'created',
      manifest: JSON.stringify(Object.fromEntries(rows.map((row) => [row.panel_id, row.version]))),
      panel_count: rows.length,
      total_size_bytes: 1,
      git_commit: hash,
      git_branch: null,
      error: null,
      created_by: person.userId,
      completed_at: new Date(),
    })
    .execute()
  return id
}

const restore = (person: Person, body: unknown, headers: Record<string, string> = {}) =>
  person.call('POST', `/api/state/${person.workspaceId}/restore`, { body, headers })
const panelOf = (answer: Awaited<ReturnType<typeof restore>>, panelId: string) =>
  answer.body.panels.find((panel: { panelId: string }) => panel.panelId === panelId)
const stateOf = async (panel: Awaited<ReturnType<typeof somePanel>>) => (await panel.read()).body.state.$state

async function changedWorkspace() {
  const ann = await signUp(await startTestApi({ db: database.db }))
  const kept = await somePanel(ann, { initialState: { n: 1 } })
  const deleted = await somePanel(ann, { initialState: { n: 10 } })
  const snapshotId = await snapshotOf(ann)
  await kept.put({ state: { $state: { n: 2, more: [1] } } })
  await deleted.put({ state: { $state: { n: 20 } } })
  await ann.call('DELETE', `/api/panels/${deleted.panelId}`)
  const newer = await somePanel(ann, { initialState: { n: 100 } })
  return { ann, kept, deleted, newer, snapshotId }
}

describe('going back to a snapshot', () => {
  test('[WSS9] every panel it shows is as it was, by new versions; deleted ones are back, newer ones are left alone', async () => {
    const { ann, kept, deleted, newer, snapshotId } = await changedWorkspace()
    const answer = await restore(ann, { snapshotId })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      success: true,
      isPreview: false,
      restoredFrom: { snapshotId, gitCommit: null },
      untouched: [newer.panelId],
    })
    expect(panelOf(answer, kept.panelId)).toMatchObject({
      change: 'changed',
      targetVersion: 1,
      previousVersion: 2,
      version: 3,
    })
    expect(panelOf(answer, deleted.panelId)).toMatchObject({ change: 'brought_back', version: 3 })
    expect(answer.body.panels).toHaveLength(4)
    expect([await stateOf(kept), await stateOf(deleted), await stateOf(newer)]).toEqual([
      { n: 1 },
      { n: 10 },
      { n: 100 },
    ])
    expect((await ann.call('GET', `${kept.path}?version=2`)).body.state.$state).toEqual({ n: 2, more: [1] })
    const { body: history } = await ann.call('GET', `${kept.path}/history?limit=1`)
    expect(history.history[0]).toMatchObject({
      changeType: 'reverted',
      userId: ann.userId,
      triggerSource: `restore:${snapshotId}`,
    })
    const list = (await ann.call('GET', `/api/workspaces/${ann.workspaceId}/panels`)).body
    expect(list.map(({ id }: { id: string }) => id)).toContain(deleted.panelId)
  })

  test('[WSS9] what is as it was keeps its version', async () => {
    const { ann, kept, snapshotId } = await changedWorkspace()
    await restore(ann, { snapshotId })
    const again = await restore(ann, { snapshotId })
    expect(panelOf(again, kept.panelId)).toMatchObject({
      change: 'unchanged',
      previousVersion: 3,
      version: 3,
    })
  })

  test('[WSS9] a source goes back with its states', async () => {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const panel = await somePanel(ann, { nxmlSource: SOURCE })
    await panel.put({ state: { $state: { n: 5 } } })
    const snapshotId = await snapshotOf(ann)
    const other = SOURCE.replace('name="n"', 'name="other"')
    expect(
      (await ann.call('PATCH', `/api/panels/${panel.panelId}`, { body: { nxmlSource: other } })).status,
    ).toBe(200)
    const answer = await restore(ann, { snapshotId })
    expect(panelOf(answer, panel.panelId)).toMatchObject({ change: 'changed', isSourceChanged: true })
    expect((await ann.call('GET', `/api/panels/${panel.panelId}`)).body.nxmlSource).toBe(SOURCE)
    expect(await stateOf(panel)).toEqual({ n: 5 })
  })

  test('[WSS9] a commit is as good as the snapshot it was made for', async () => {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const panel = await somePanel(ann, { initialState: { n: 1 } })
    const hash = 'ab'.repeat(20)
    const snapshotId = await snapshotOf(ann, { hash })
    await panel.put({ state: { $state: { n: 2 } } })
    const answer = await restore(ann, { gitCommit: hash })
    expect(answer.body.restoredFrom).toMatchObject({ snapshotId, gitCommit: hash })
    expect(await stateOf(panel)).toEqual({ n: 1 })
  })

  test('[WSS10] only the chosen panels', async () => {
    const { ann, kept, deleted, snapshotId } = await changedWorkspace()
    const answer = await restore(ann, { snapshotId, panelIds: [deleted.panelId] })
    expect(answer.body.panels).toHaveLength(1)
    expect(answer.body.untouched).toEqual([])
    expect([await stateOf(kept), await stateOf(deleted)]).toEqual([{ n: 2, more: [1] }, { n: 10 }])
  })

  test('[WSS11] a preview tells what would be done, and does nothing', async () => {
    const { ann, kept, deleted, newer, snapshotId } = await changedWorkspace()
    const answer = await restore(ann, { snapshotId, preview: true, createSnapshot: true })
    expect(answer.body).toMatchObject({ isPreview: true, untouched: [newer.panelId] })
    expect(panelOf(answer, kept.panelId)).toMatchObject({
      change: 'changed',
      version: 2,
      patch: [
        { op: 'remove', path: '/$state/more' },
        { op: 'replace', path: '/$state/n', value: 1 },
      ],
    })
    expect(panelOf(answer, deleted.panelId)).toMatchObject({
      change: 'brought_back',
      patch: [{ op: 'replace', path: '/$state/n', value: 10 }],
    })
    expect((await kept.read()).body.version).toBe(2)
    expect((await deleted.read()).status).toBe(404)
    expect((await ann.call('GET', `/api/state/${ann.workspaceId}/snapshots`)).body).toHaveLength(1)
  })

  test('[WSS12] what cannot be is refused, and nothing has changed', async () => {
    const { ann, kept, deleted, newer, snapshotId } = await changedWorkspace()
    const viewer = await signUp(await startTestApi({ db: database.db }))
    await invite(database.db, ann, viewer, 'viewer')
    const stranger = await signUp(await startTestApi({ db: database.db }))
    const refusals: [Person, unknown, number, string][] = [
      [ann, {}, 422, 'validation_failed'],
      [ann, { snapshotId, gitCommit: 'a'.repeat(40) }, 422, 'validation_failed'],
      [ann, { gitCommit: 'main' }, 422, 'validation_failed'],
      [ann, { snapshotId: createSnapshotId() }, 404, 'not_found'],
      [ann, { snapshotId: 'x' }, 404, 'not_found'],
      [ann, { gitCommit: 'a'.repeat(40) }, 404, 'not_found'],
      [ann, { snapshotId, panelIds: [newer.panelId] }, 404, 'not_found'],
      [ann, { snapshotId, panelIds: [deleted.panelId, createPanelId()] }, 404, 'not_found'],
      [ann, { snapshotId, panelIds: [] }, 422, 'validation_failed'],
      [{ ...viewer, workspaceId: ann.workspaceId }, { snapshotId }, 403, 'forbidden'],
      [{ ...stranger, workspaceId: ann.workspaceId }, { snapshotId }, 404, 'not_found'],
      [stranger, { snapshotId }, 404, 'not_found'],
    ]
    for (const [person, body, status, code] of refusals)
      expect(await restore(person, body), JSON.stringify(body)).toMatchObject({ status, body: { code } })
    expect((await kept.read()).body.version).toBe(2)
    expect((await deleted.read()).status).toBe(404)
  })

  test('[WSS12] a panel that came back for a change that was refused is deleted again', async () => {
    const { ann, kept, deleted, snapshotId } = await changedWorkspace()
    const small = await startTestApi({ db: database.db, options: { MAX_UPDATE_BYTES: 16 } })
    const answer = await small.call('POST', `/api/state/${ann.workspaceId}/restore`, {
      token: ann.token,
      body: { snapshotId },
    })
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    expect((await kept.read()).body.version).toBe(2)
    expect((await deleted.read()).status).toBe(404)
  })

  test('[WSS13] under a key it is done once', async () => {
    const { ann, kept, deleted, snapshotId } = await changedWorkspace()
    const key = { 'idempotency-key': 'back' }
    const first = await restore(ann, { snapshotId }, key)
    await kept.put({ state: { $state: { n: 3 } } })
    await ann.call('DELETE', `/api/panels/${deleted.panelId}`)
    const again = await restore(ann, { snapshotId }, key)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(panelOf(again, kept.panelId).version).toBe(panelOf(first, kept.panelId).version)
    expect(panelOf(again, deleted.panelId).change).toBe('unchanged')
    expect(await stateOf(kept)).toEqual({ n: 3 })
    expect((await deleted.read()).status).toBe(404)
    const other = { snapshotId, panelIds: [kept.panelId], createSnapshot: true }
    expect(await restore(ann, other, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect((await ann.call('GET', `/api/state/${ann.workspaceId}/snapshots`)).body).toHaveLength(1)
  })

  test('[WSS14] live edits made meanwhile are merged, and nobody waits for ever', async () => {
    const { ann, kept, snapshotId } = await changedWorkspace()
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, index) =>
        kept.patch([{ op: 'add', path: `/$state/k${index}`, value: index }]),
      ),
      ...Array.from({ length: 5 }, () => restore(ann, { snapshotId })),
    ])
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    await restore(ann, { snapshotId })
    expect(await stateOf(kept)).toEqual({ n: 1 })
    const { body } = await ann.call('GET', `${kept.path}/history?limit=1000`)
    expect(body.totalChanges).toBe((await kept.read()).body.version)
    const told = JSON.stringify(body.history)
    for (let index = 0; index < 20; index += 1) expect(told).toContain(`/$state/k${index}`)
  })
})

test('[MOV5] what has been moved elsewhere since, or is gone for good, is left out and named', async () => {
  const { ann, kept, deleted, snapshotId } = await changedWorkspace()
  const { body: other } = await ann.call('POST', '/api/workspaces', { body: { name: 'Other' } })
  await ann.call('POST', `/api/panels/${kept.panelId}/move`, { body: { workspaceId: other.id } })
  for (const preview of [true, false]) {
    const { status, body } = await restore(ann, { snapshotId, preview })
    expect([status, body.gone]).toEqual([200, [kept.panelId]])
    expect(body.panels.map(({ panelId }: { panelId: string }) => panelId)).toContain(deleted.panelId)
  }
  const moved = await ann.call('GET', `/api/state/${other.id}/${kept.panelId}`)
  expect(moved.body.state.$state).toEqual({ n: 2, more: [1] })
  const alone = await restore(ann, { snapshotId, panelIds: [kept.panelId] })
  expect(alone).toMatchObject({ status: 404, body: { detail: expect.stringContaining('moved') } })
  // By a process that has nothing of it in memory as well.
  const fresh = await startTestApi({ db: database.db })
  for (const { call } of [ann, fresh]) {
    const path = `/api/state/${ann.workspaceId}/snapshot?snapshot_id=${snapshotId}`
    const { status, body } = await call('GET', path, { token: ann.token })
    expect(status).toBe(200)
    expect(Object.keys(body.panels)).not.toContain(kept.panelId)
  }
})
