import { limits } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

async function panelWith(initialState: Record<string, unknown>, options = {}) {
  const ann = await signUp(await startTestApi({ db: database.db, ...options }))
  return { ann, panel: await somePanel(ann, { initialState }) }
}
const historyOf = (panelId: string) =>
  database.db
    .selectFrom('state_history')
    .select(['version', 'user_id', 'triggered_by', 'trigger_source', 'change_type', 'client_session'])
    .where('document', 'like', `%/${panelId}` as never)
    .orderBy('version')
    .execute()

describe('reading a state', () => {
  test('[STA1] the newest state comes with version, ETag and time', async () => {
    const { ann, panel } = await panelWith({ n: 1 })
    const answer = await panel.read()
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      panelId: panel.panelId,
      workspaceId: ann.workspaceId,
      state: { $state: { n: 1 }, $computed: {} },
      version: 1,
      updatedAt: expect.stringMatching(/Z$/),
    })
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
  })

  test('[STA2] every version and every moment since the beginning can be read', async () => {
    const { panel } = await panelWith({ n: 1 })
    const times = [(await panel.read()).body.updatedAt]
    for (const n of [2, 3, 4]) {
      // Versions of one millisecond cannot be told apart by time.
      while (Date.now() <= Date.parse(times.at(-1))) await new Promise(setImmediate)
      times.push((await panel.put({ state: { $state: { n } } })).body.updatedAt)
    }
    for (const version of [1, 2, 3, 4]) {
      const byVersion = await panel.read(`?version=${version}`)
      expect(byVersion.body).toMatchObject({
        version,
        state: { $state: { n: version } },
        updatedAt: times[version - 1],
      })
      const byTime = await panel.read(`?at=${encodeURIComponent(times[version - 1])}`)
      expect(byTime.body).toEqual(byVersion.body)
    }
    for (const query of ['?version=5', '?at=2001-01-01T00:00:00Z']) {
      expect(await panel.read(query)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    for (const query of [
      '?version=0',
      '?version=-1',
      '?version=x',
      '?at=yesterday',
      '?at=0000-12-31T00:00:00Z',
      '?at=0001-01-01T00:00:00%2B14:00',
      '?version=1&version=2',
      '?version=1&at=2030-01-01T00:00:00Z',
    ]) {
      expect(await panel.read(query), query).toMatchObject({
        status: 422,
        body: { code: 'validation_failed' },
      })
    }
  })

  test('[STA3] a pointer answers the value there', async () => {
    const { panel } = await panelWith({ 'a/b': [{ '~': 5 }] })
    expect((await panel.read(`?pointer=${encodeURIComponent('/$state/a~1b/0/~0')}`)).body.state).toBe(5)
    expect((await panel.read('?pointer=')).body.state).toEqual({
      $state: { 'a/b': [{ '~': 5 }] },
      $computed: {},
    })
    for (const missing of [
      '/$state/x',
      '/$state/a~1b/01',
      '/$state/a~1b/-',
      '/$state/__proto__',
      '/$state/a~1b/length',
    ]) {
      const answer = await panel.read(`?pointer=${encodeURIComponent(missing)}`)
      expect(answer, missing).toMatchObject({ status: 404, body: { code: 'not_found', pointer: missing } })
    }
    for (const wrong of ['x', '/$state/~2']) {
      expect((await panel.read(`?pointer=${encodeURIComponent(wrong)}`)).status, wrong).toBe(422)
    }
  })

  test('[STA4] If-None-Match with the newest version is answered 304 without a body', async () => {
    const { ann, panel } = await panelWith({ n: 1 })
    const ask = (tag: string) => ann.call('GET', panel.path, { headers: { 'if-none-match': tag } })
    for (const tag of ['"1"', 'W/"1"', '"0", "1"', '*']) {
      expect(await ask(tag), tag).toMatchObject({ status: 304, body: null })
    }
    expect((await ask('"1"')).headers.get('etag')).toBe('"1"')
    await panel.put({ state: { $state: { n: 2 } } })
    expect(await ask('"1"')).toMatchObject({ status: 200, body: { version: 2 } })
  })

  test('[STA5] X-Cache says whether the JSON of the version was at hand', async () => {
    const { panel } = await panelWith({ n: 1 })
    await panel.put({ state: { $state: { n: 2 } } })
    const cacheOf = async (query = '') => (await panel.read(query)).headers.get('x-cache')
    expect([await cacheOf(), await cacheOf()]).toEqual(['miss', 'hit'])
    expect(await cacheOf('?version=1')).toBe('hit')
  })
})

describe('replacing a state', () => {
  test('[STA6] only what differs is written, so edits made elsewhere since the base version survive', async () => {
    const { panel } = await panelWith({ mine: 'old', theirs: 'old', list: [{ id: 1 }, { id: 2 }] })
    await panel.patch([{ op: 'replace', path: '/$state/theirs', value: 'new' }])
    await panel.patch([{ op: 'add', path: '/$state/list/-', value: { id: 3 } }])
    const answer = await panel.put({
      state: { $state: { mine: 'new', theirs: 'old', list: [{ id: 2 }] } },
      version: 1,
    })
    expect(answer.body).toEqual({ success: true, version: 4, updatedAt: expect.any(String) })
    const { body } = await panel.read()
    expect(body.state.$state).toEqual({ mine: 'new', theirs: 'new', list: [{ id: 2 }, { id: 3 }] })
  })

  test('[STA7] putting back what was read changes nothing and keeps the version', async () => {
    const { panel } = await panelWith({ a: [1, { b: 'x' }] })
    const { body: read } = await panel.read()
    const answer = await panel.put({ state: read.state })
    expect(answer.body).toEqual({ success: true, version: 1, updatedAt: read.updatedAt })
  })

  test('[STA8] who and what caused a change is kept with it', async () => {
    const { ann, panel } = await panelWith({})
    await panel.put({ state: { $state: { n: 1 } }, triggeredBy: 'ai', triggerSource: 'suggestion 7' })
    await panel.patch([{ op: 'add', path: '/$state/n', value: 2 }])
    await panel.merge({ $state: { n: 3 } }, '?triggeredBy=user&triggerSource=form')
    const [first, ...rest] = await historyOf(panel.panelId)
    expect(first).toMatchObject({ change_type: 'created', triggered_by: 'user', user_id: ann.userId })
    expect(rest.map((row) => [row.triggered_by, row.trigger_source, row.user_id, row.change_type])).toEqual([
      ['ai', 'suggestion 7', ann.userId, 'updated'],
      ['api', null, ann.userId, 'updated'],
      ['user', 'form', ann.userId, 'updated'],
    ])
    expect(rest[0]?.client_session).not.toBeNull()
  })
})

describe('patching a state', () => {
  test('[STA9] a JSON Patch is taken bare or in an object, and answers the new version', async () => {
    const { panel } = await panelWith({ list: [1], n: 1 })
    const bare = await panel.patch([
      { op: 'test', path: '/$state/n', value: 1 },
      { op: 'add', path: '/$state/list/-', value: 2 },
      { op: 'move', from: '/$state/n', path: '/$state/m' },
      { op: 'increment', path: '/$state/m', value: 4 },
    ])
    expect(bare.body).toEqual({ success: true, version: 2, appliedPatches: 4, updatedAt: expect.any(String) })
    expect(bare.headers.get('etag')).toBe('"2"')
    const wrapped = await panel.patch({ patches: [{ op: 'remove', path: '/$state/list/0' }] })
    expect(wrapped.body).toMatchObject({ version: 3, appliedPatches: 1 })
    expect((await panel.read()).body.state.$state).toEqual({ list: [2], m: 5 })
  })

  test('[STA10] a merge patch removes what it sets to null', async () => {
    const { panel } = await panelWith({ a: 1, b: { c: 2, d: 3 } })
    const answer = await panel.merge({ $state: { a: null, b: { c: 9 } } })
    expect(answer.body).toMatchObject({ success: true, version: 2 })
    expect((await panel.read()).body.state.$state).toEqual({ b: { c: 9, d: 3 } })
  })

  test('[STA11] a stale patch is applied to the version it was made for and merged, never a conflict', async () => {
    const { panel } = await panelWith({ list: ['a', 'b', 'c'], title: 'x' })
    await panel.patch([{ op: 'add', path: '/$state/list/0', value: 'new' }])
    const answer = await panel.patch({
      version: 1,
      patches: [
        { op: 'test', path: '/$state/list/1', value: 'b' },
        { op: 'remove', path: '/$state/list/1' },
      ],
    })
    expect(answer).toMatchObject({ status: 200, body: { version: 3 } })
    expect((await panel.read()).body.state.$state.list).toEqual(['new', 'a', 'c'])
    const merged = await panel.merge({ $state: { title: 'y' } }, '?version=1')
    expect(merged.body.version).toBe(4)
    expect((await panel.read()).body.state.$state).toEqual({ list: ['new', 'a', 'c'], title: 'y' })
  })

  test('[STA12] a patch is applied wholly or not at all', async () => {
    const { panel } = await panelWith({ n: 1 })
    const failing = [
      [
        { op: 'add', path: '/$state/n', value: 2 },
        { op: 'test', path: '/$state/n', value: 9 },
      ],
      [
        { op: 'add', path: '/$state/n', value: 2 },
        { op: 'remove', path: '/$state/missing' },
      ],
      [
        { op: 'add', path: '/$state/n', value: 2 },
        { op: 'add', path: '/$computed/n', value: 9 },
      ],
      [{ op: 'explode', path: '/$state/n' }],
      [{ op: 'add', path: 'n', value: 2 }],
      [{ op: 'add', path: '/$state/n' }],
      [null],
    ]
    const codes: string[] = []
    for (const patch of failing) {
      const answer = await panel.patch(patch)
      expect([409, 422]).toContain(answer.status)
      codes.push(answer.body.code)
    }
    expect(codes).toEqual(['patch_test_failed', ...Array.from({ length: 6 }, () => 'invalid_patch')])
    expect((await panel.read()).body).toMatchObject({ version: 1, state: { $state: { n: 1 } } })
    expect(await historyOf(panel.panelId)).toHaveLength(1)
  })

  test('[STA13] a patch that changes nothing keeps the version and adds nothing to the log', async () => {
    const { panel } = await panelWith({ n: 1 })
    const { body: read } = await panel.read()
    const nothing = await panel.patch([])
    expect(nothing.body).toEqual({ success: true, version: 1, appliedPatches: 0, updatedAt: read.updatedAt })
    expect((await panel.patch([{ op: 'add', path: '/$state/n', value: 1 }])).body.version).toBe(1)
    expect(
      (await panel.patch({ version: 1, patches: [{ op: 'increment', path: '/$state/n', value: 0 }] })).body
        .version,
    ).toBe(1)
    expect(await historyOf(panel.panelId)).toHaveLength(1)
  })

  test('[STA13] also one that changes only what others have deleted since, and whatever comes after it', async () => {
    const { ann, panel } = await panelWith({ n: 1, o: { x: 1, list: [1] } })
    await panel.patch([{ op: 'remove', path: '/$state/o' }])
    const { body: read } = await panel.read()
    const stale = (...patches: unknown[]) => panel.patch({ version: 1, patches })
    const key = { 'idempotency-key': 'moot' }
    const answers = await Promise.all([
      stale({ op: 'replace', path: '/$state/o/x', value: 2 }),
      stale(
        { op: 'replace', path: '/$state/o/x', value: 3 },
        { op: 'add', path: '/$state/o/list/-', value: 2 },
      ),
      stale({ op: 'remove', path: '/$state/o' }),
      panel.patch({ version: 1, patches: [{ op: 'remove', path: '/$state/o/x' }] }, key),
    ])
    for (const { status, body } of answers)
      expect([status, body]).toMatchObject([200, { version: 2, updatedAt: read.updatedAt }])
    const again = await panel.patch({ version: 1, patches: [{ op: 'remove', path: '/$state/o/x' }] }, key)
    expect(again).toMatchObject({ status: 200, body: { version: 2 } })
    expect(await historyOf(panel.panelId)).toHaveLength(2)
    const both = await Promise.all([
      stale({ op: 'replace', path: '/$state/o/x', value: 4 }),
      stale({ op: 'replace', path: '/$state/o/x', value: 5 }, { op: 'add', path: '/$state/p', value: 6 }),
      panel.patch([{ op: 'increment', path: '/$state/n', value: 1 }]),
    ])
    for (const { status } of both) expect(status).toBe(200)
    const { body } = await panel.read()
    expect(body).toMatchObject({ version: 4, state: { $state: { n: 2, p: 6 } } })
    expect(await historyOf(panel.panelId)).toHaveLength(4)
    const fresh = await startTestApi({ db: database.db })
    expect((await fresh.call('GET', panel.path, { token: ann.token })).body).toEqual(body)
  })

  test('[STA14] versions that never were are refused', async () => {
    const { panel } = await panelWith({ n: 1 })
    const patches = [{ op: 'add', path: '/$state/n', value: 2 }]
    for (const version of [2, 0, -1, 1.5, '1', 1e20]) {
      const answer = await panel.patch({ patches, version })
      expect(answer, String(version)).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    }
    expect((await panel.read()).body.version).toBe(1)
  })

  test('[STA36] a member or parameter nobody knows is refused with its place, and nothing is written', async () => {
    const { ann, panel } = await panelWith({ n: 1 })
    const patches = [{ op: 'replace', path: '/$state/n', value: 2 }]
    const refusals = await Promise.all([
      panel.patch({ patches, version: 1, stritc: true }),
      panel.put({ state: { $state: { n: 2 } }, stritc: true }),
      panel.merge({ $state: { n: 2 } }, '?stritc=true'),
      ann.call('POST', `${panel.path}/revert`, { body: { targetVersion: 1, stritc: true } }),
      ann.call('POST', `/api/state/${ann.workspaceId}/batch`, { body: { changes: [], stritc: true } }),
      panel.read('?stritc=1'),
      ann.call('GET', `${panel.path}/history?stritc=1`),
    ])
    for (const { status, body } of refusals) {
      expect([status, body.code]).toEqual([422, 'validation_failed'])
      expect(body.errors).toContainEqual({ pointer: '/stritc', message: 'is not known here' })
    }
    // RFC 6902, 4: of an operation, what is not defined is ignored.
    const operation = [{ op: 'test', path: '/$state/n', value: 1, note: 'fine' }]
    expect((await panel.patch(operation)).status).toBe(200)
    expect((await panel.read()).body.version).toBe(1)
  })

  test('[STA36] so are two that contradict each other', async () => {
    const { ann, panel } = await panelWith({ n: 1 })
    await panel.put({ state: { $state: { n: 2 } } })
    const patchAt = (query: string, version: number) =>
      ann.call('PATCH', `${panel.path}${query}`, {
        body: { patches: [{ op: 'replace', path: '/$state/n', value: 3 }], version },
      })
    expect(await patchAt('?version=1', 2)).toMatchObject({ status: 422, body: { pointer: '/version' } })
    const both = `snapshot_id=x&git_commit=${'0'.repeat(40)}`
    expect(await ann.call('GET', `/api/state/${ann.workspaceId}/snapshot?${both}`)).toMatchObject({
      status: 422,
      body: { pointer: '/git_commit' },
    })
    expect(await patchAt('?version=2', 2)).toMatchObject({ status: 200, body: { version: 3 } })
  })

  test('[STA37] no way leads a member called __proto__ in; one that is there can be removed', async () => {
    const { panel } = await panelWith({ o: {} })
    for (const operation of [
      { op: 'add', path: '/$state/__proto__', value: 1 },
      { op: 'add', path: '/$state/o/__proto__/x', value: 1 },
      { op: 'copy', from: '/$state/o', path: '/$state/__proto__' },
    ]) {
      const { status, body } = await panel.patch([{ op: 'test', path: '/$state/o', value: {} }, operation])
      expect([status, body.code, body.operation]).toEqual([422, 'invalid_patch', 1])
      expect(body.detail).toContain('__proto__')
    }
    const absent = await panel.patch([{ op: 'remove', path: '/$state/__proto__' }])
    expect(absent.body).toMatchObject({ code: 'invalid_patch', pointer: '/$state/__proto__' })
    expect((await panel.read()).body.version).toBe(1)
  })

  test('[STA15] other content types are refused with what is accepted', async () => {
    const { ann, panel } = await panelWith({ n: 1 })
    const answer = await ann.call('PATCH', panel.path, {
      raw: '[]',
      headers: { 'content-type': 'text/plain' },
    })
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    expect(answer.headers.get('accept-patch')).toContain('application/merge-patch+json')
  })

  test('[STA16] more operations than allowed, and more state than allowed, are refused', async () => {
    const { panel } = await panelWith({ n: 1, text: 'x'.repeat(100_000) })
    const many = Array.from({ length: limits.MAX_PATCH_OPERATIONS + 1 }, () => ({
      op: 'test',
      path: '/$state/n',
      value: 1,
    }))
    expect((await panel.patch(many)).status).toBe(422)
    const bomb = Array.from({ length: 40 }, (_, n) => ({
      op: 'copy',
      from: '/$state',
      path: `/$state/copy${n}`,
    }))
    expect(await panel.patch(bomb)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    const copy = (n: number) =>
      Array.from({ length: 30 }, (_, at) => ({
        op: 'copy',
        from: '/$state/text',
        path: `/$state/c${n}_${at}`,
      }))
    const statuses: number[] = []
    for (const n of [1, 2, 3]) statuses.push((await panel.patch(copy(n))).status)
    expect(statuses).toEqual([200, 413, 413])
    expect((await panel.read()).body.version).toBe(2)
  })
})

describe('strict writes', () => {
  const patches = [{ op: 'increment', path: '/$state/n', value: 1 }]

  test('[STA17] If-Match or strict with an old version is a conflict that names the newest', async () => {
    const { panel } = await panelWith({ n: 1 })
    await panel.patch(patches)
    const conflicts = [
      await panel.patch(patches, { 'if-match': '"1"' }),
      await panel.patch({ patches, version: 1, strict: true }),
      await panel.put({ state: { $state: { n: 2 } }, version: 1, strict: true }),
      await panel.put({ state: { $state: { n: 5 } } }, { 'if-match': '"7"' }),
      await panel.put({ state: { $state: { n: 5 } } }, { 'if-match': 'nonsense' }),
    ]
    for (const answer of conflicts) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'version_conflict', currentVersion: 2 } })
    }
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 2 } } })
  })

  test('[STA18] with the newest version they are written', async () => {
    const { panel } = await panelWith({ n: 1 })
    expect((await panel.patch(patches, { 'if-match': '"1"' })).body.version).toBe(2)
    expect((await panel.patch(patches, { 'if-match': '"1", "2"' })).body.version).toBe(3)
    expect((await panel.patch({ patches, version: 3, strict: true })).body.version).toBe(4)
    expect((await panel.patch(patches, { 'if-match': '*' })).body.version).toBe(5)
    expect(await panel.patch({ patches, strict: true })).toMatchObject({
      status: 422,
      body: { pointer: '/version' },
    })
  })
})
