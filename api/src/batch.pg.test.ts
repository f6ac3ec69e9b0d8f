import { batchSchema, problemSchema } from '@nexus/core/http-contract'
import { createMemoryFanout } from '@nexus/core/memory'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { createGatedLog, createRandom, withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { openEvents, until } from './testkit/subscribers.ts'
import { invite, type Person, signUp, somePanel, startTestApi, type TestPanel } from './testkit/test-api.ts'

const database = withTestDatabase()

async function somePanels(count = 3) {
  const api = await startTestApi({ db: database.db })
  const ann = await signUp(api)
  const panels: TestPanel[] = []
  for (let index = 0; index < count; index += 1)
    panels.push(await somePanel(ann, { initialState: { n: 0, list: [] } }))
  const path = `/api/state/${ann.workspaceId}/batch`
  const batch = (changes: unknown, more: object = {}, headers: Record<string, string> = {}) =>
    ann.call('POST', path, { body: { changes, ...more }, headers })
  const states = () => Promise.all(panels.map(async (panel) => (await panel.read()).body.state.$state))
  const versions = () => Promise.all(panels.map(async (panel) => (await panel.read()).body.version))
  return { api, ann, panels, path, batch, states, versions }
}
const [set, panelOf] = [
  (n: unknown) => [{ op: 'replace', path: '/$state/n', value: n }],
  (panels: readonly TestPanel[], index: number) => panels[index]?.panelId ?? '',
]

describe('changes of several panels', () => {
  test('[BAT1] are made together: each becomes a version of its panel, at one time, by one cause', async () => {
    const { ann, panels, batch, states } = await somePanels()
    const answer = await batch(
      [
        { panelId: panelOf(panels, 2), patches: set(2) },
        { panelId: panelOf(panels, 0), mergePatch: { $state: { n: 7, list: null } } },
        { panelId: panelOf(panels, 1), state: { $state: { other: true } } },
      ],
      { triggeredBy: 'ai', triggerSource: 'a tool' },
    )
    expect(answer.status).toBe(200)
    const { panels: saved } = batchSchema.parse(answer.body)
    expect(saved.map(({ panelId, version }) => [panelId, version])).toEqual(
      [2, 0, 1].map((at) => [panelOf(panels, at), 2]),
    )
    expect(new Set(saved.map(({ updatedAt }) => updatedAt.slice(0, 19))).size).toBe(1)
    expect(await states()).toEqual([{ n: 7 }, { other: true }, { n: 2, list: [] }])
    for (const panel of panels) {
      const { body } = await ann.call('GET', `${panel.path}/history?limit=1`)
      expect(body.history[0]).toMatchObject({
        version: 2,
        triggeredBy: 'ai',
        triggerSource: 'a tool',
        userId: ann.userId,
      })
    }
  })

  test('[BAT2] one that cannot be made refuses all, says which, and changes nothing', async () => {
    const { api, ann, panels, batch, states, versions } = await somePanels()
    const before = await states()
    const stranger = await signUp(api)
    const theirs = await somePanel(stranger, { initialState: {} })
    const good = { panelId: panelOf(panels, 0), patches: set(1) }
    const at = (change: object) => batch([good, { panelId: panelOf(panels, 1), patches: set(1) }, change])
    const last = { panelId: panelOf(panels, 2) }
    for (const [change, status, code] of [
      [{ ...last, patches: [{ op: 'test', path: '/$state/n', value: 'no' }] }, 409, 'patch_test_failed'],
      [{ ...last, patches: [{ op: 'remove', path: '/$state/none' }] }, 422, 'invalid_patch'],
      [
        {
          ...last,
          patches: [
            { op: 'add', path: '/$state/n', value: 5 },
            { op: 'remove', path: '/$state/none' },
          ],
        },
        422,
        'invalid_patch',
      ],
      [{ ...last, patches: set(1), version: 9 }, 422, 'validation_failed'],
      [{ ...last, patches: set(1), version: 9, strict: true }, 409, 'version_conflict'],
      [{ ...last, patches: set(1), strict: true }, 422, 'validation_failed'],
      [{ ...last, state: [] }, 422, 'invalid_patch'],
      [{ panelId: theirs.panelId, patches: set(1) }, 404, 'not_found'],
      [{ panelId: panelOf(panels, 1), patches: set(2) }, 422, 'validation_failed'],
    ] as const) {
      const answer = await at(change)
      expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([status, code])
      expect(problemSchema.parse(answer.body)).toMatchObject({ change: 2 })
    }
    expect(await states()).toEqual(before)
    expect(await versions()).toEqual([1, 1, 1])
    await invite(database.db, ann, stranger, 'viewer')
    const path = `/api/state/${ann.workspaceId}/batch`
    expect((await stranger.call('POST', path, { body: { changes: [good] } })).status).toBe(403)
    expect(await versions()).toEqual([1, 1, 1])
    // And everybody can go on.
    expect((await batch([good])).status).toBe(200)
  })

  test.each([
    [{}],
    [{ changes: [] }],
    [{ changes: {} }],
    [{ changes: [{}] }],
    [{ changes: [{ panelId: 'p' }] }],
    [{ changes: [{ panelId: 'p', patches: [], state: {} }] }],
    [{ changes: Array.from({ length: 51 }, (_, index) => ({ panelId: `${index}`, patches: [] })) }],
    [
      {
        changes: [0, 1].map((index) => ({
          panelId: `${index}`,
          patches: Array.from({ length: 600 }, () => ({})),
        })),
      },
    ],
  ])('[BAT3] %j is 422', async (body) => {
    const { ann, path } = await somePanels(1)
    const answer = await ann.call('POST', path, { body })
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed'])
  })

  test('[BAT4] made for old versions, they are merged into what is newest; strict ones refuse all', async () => {
    const { panels, batch, states } = await somePanels(2)
    const [one, two] = panels
    await one?.put({ state: { $state: { n: 0, list: [{ id: 'a' }, { id: 'b' }] } } })
    await one?.patch([{ op: 'add', path: '/$state/list/0', value: { id: 'x' } }])
    const changes = [
      { panelId: panelOf(panels, 0), version: 2, patches: [{ op: 'remove', path: '/$state/list/1' }] },
      { panelId: panelOf(panels, 1), version: 1, patches: set(1), strict: true },
    ]
    expect(batchSchema.parse((await batch(changes)).body).panels.map(({ version }) => version)).toEqual([
      4, 2,
    ])
    expect(await states()).toEqual([
      { n: 0, list: [{ id: 'x' }, { id: 'a' }] },
      { n: 1, list: [] },
    ])
    await two?.patch(set(5))
    const refused = await batch([
      { ...changes[0], patches: set(9) },
      { ...changes[1], version: 2 },
    ])
    expect(refused.body).toMatchObject({ code: 'version_conflict', currentVersion: 3, change: 1 })
    expect((await states())[0]).toMatchObject({ n: 0 })
  })

  test('[BAT4] what changes nothing keeps its version, and its condition counts all the same', async () => {
    const { panels, batch, versions } = await somePanels(2)
    const changes = (version: number) => [
      { panelId: panelOf(panels, 0), patches: set(1) },
      { panelId: panelOf(panels, 1), patches: set(0), version, strict: true },
    ]
    expect((await batch(changes(1))).status).toBe(200)
    expect(await versions()).toEqual([2, 1])
    const { body } = await batch([{ panelId: panelOf(panels, 0), patches: set(1) }])
    expect(batchSchema.parse(body).panels).toMatchObject([{ version: 2 }])
  })

  test('[BAT5] with an Idempotency-Key they are made once, and answered the same; another batch under it is refused', async () => {
    const { panels, batch, versions } = await somePanels(3)
    const changes = [
      { panelId: panelOf(panels, 0), patches: [{ op: 'increment', path: '/$state/n', value: 1 }] },
      { panelId: panelOf(panels, 2), patches: set(0) },
      { panelId: panelOf(panels, 1), patches: [{ op: 'increment', path: '/$state/n', value: 1 }] },
    ]
    const key = { 'idempotency-key': 'once' }
    const answers = await Promise.all([1, 2, 3].map(() => batch(changes, {}, key)))
    const made = answers.filter(({ status }) => status === 200)
    expect(made.length).toBeGreaterThan(0)
    const again = await batch(changes, {}, key)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    for (const { body } of [...made, again])
      expect(body.panels.map(({ version }: { version: number }) => version)).toEqual([2, 1, 2])
    expect(await versions()).toEqual([2, 2, 1])
    const other = await batch(changes.slice(1), {}, key)
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused'])
    expect(await versions()).toEqual([2, 2, 1])
  })

  test('[STA13] what changes only what others have deleted keeps its version, and the rest is made', async () => {
    const { panels, batch, versions } = await somePanels(2)
    const [gone] = panels
    await gone?.put({ state: { $state: { o: { x: 1 } } } })
    await gone?.put({ state: { $state: { m: 1 } } })
    const { status, body } = await batch([
      {
        panelId: panelOf(panels, 0),
        version: 2,
        patches: [{ op: 'replace', path: '/$state/o/x', value: 2 }],
      },
      { panelId: panelOf(panels, 1), patches: set(1) },
    ])
    expect([status, body.panels]).toMatchObject([200, [{ version: 3 }, { version: 2 }]])
    expect((await gone?.put({ state: { $state: { m: 2 } } }))?.body.version).toBe(4)
    expect(await versions()).toEqual([4, 2])
  })

  test('[BAT5] a key belongs to each of its panels, as with single changes', async () => {
    const { panels, batch, versions } = await somePanels(4)
    const changesOf = (...at: number[]) =>
      at.map((index) => ({ panelId: panelOf(panels, index), patches: set(1) }))
    const key = { 'idempotency-key': 'k' }
    expect((await batch(changesOf(0, 1), {}, key)).status).toBe(200)
    expect((await batch(changesOf(2, 3), {}, key)).status).toBe(200)
    expect((await batch(changesOf(1, 2), {}, key)).body.code).toBe('idempotency_key_reused')
    expect(await versions()).toEqual([2, 2, 2, 2])
  })

  test('[BAT6] those who listen hear of each', async () => {
    const { api, ann, panels, batch } = await somePanels(2)
    const feeds = await Promise.all(
      panels.map((panel) =>
        openEvents(`${api.url}${panel.path}/events`, { authorization: `Bearer ${ann.token}` }),
      ),
    )
    await batch(panels.map(({ panelId }) => ({ panelId, patches: set(1) })))
    await until(() => feeds.every(({ events }) => events.at(-1)?.id === '2'))
    for (const { events } of feeds)
      expect(events.at(-1)?.message).toMatchObject({ type: 'state_update', version: 2 })
  })

  test('[BAT7] two processes, over the same panels in any order, beside single changes: each is whole, none is lost', async () => {
    const seed = Date.now() % 1_000_000
    const random = createRandom(seed)
    const fanout = createMemoryFanout()
    const [here, there] = [
      await startTestApi({ db: database.db, fanout }),
      await startTestApi({ db: database.db, fanout }),
    ]
    const ann = await signUp(here)
    const panels = await Promise.all(
      [1, 2, 3, 4].map(() => somePanel(ann, { initialState: { list: [], singles: [] } })),
    )
    let count = 0
    const add = (path: string) => {
      count += 1
      return [{ op: 'add', path: `${path}/-`, value: { id: `${count}` } }]
    }
    const post = (url: string, by: Person, body: unknown) =>
      fetch(`${url}/api/state/${ann.workspaceId}/batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${by.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    let refused = 0
    const made = [0, 0, 0, 0]
    let singles = 0
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const { url } = index % 2 === 0 ? here : there
        const chosen = [0, 1, 2, 3].filter(() => random.below(3) > 0)
        if (random.below(2) === 0) chosen.reverse()
        const isSpoilt = random.below(5) === 0
        const changes = chosen.map((at, place) => ({
          panelId: panelOf(panels, at),
          patches:
            isSpoilt && place === chosen.length - 1
              ? [...add('/$state/list'), { op: 'test', path: '/$state/list', value: -1 }]
              : add('/$state/list'),
        }))
        if (changes.length === 0 || random.below(4) === 0) {
          singles += 1
          const answer = await panels[0]?.patch(add('/$state/singles'))
          expect(answer?.status).toBe(200)
          return
        }
        const { status } = await post(url, ann, { changes })
        expect(status, `seed ${seed}`).toBe(isSpoilt ? 409 : 200)
        if (isSpoilt) refused += 1
        else for (const at of chosen) made[at] = (made[at] ?? 0) + 1
      }),
    )
    expect(refused + singles, `seed ${seed}`).toBeGreaterThan(0)
    const states = await Promise.all(panels.map(async (panel) => (await panel.read()).body.state.$state))
    expect(
      states.map(({ list }) => list.length),
      `seed ${seed}`,
    ).toEqual(made)
    expect(states[0]?.singles).toHaveLength(singles)
    const log = createSqlUpdateLog(database.db)
    for (const [at, panel] of panels.entries()) {
      const head = (await panel.read()).body.version
      expect(head, `seed ${seed}`).toBe(1 + (made[at] ?? 0) + (at === 0 ? singles : 0))
      expect((await log.heads([`${ann.workspaceId}/${panel.panelId}` as never])).size).toBe(1)
    }
  })

  test('[BAT8] a commit whose answer is lost, or that fails, leaves all or nothing, and the panels go on', async () => {
    const log = createGatedLog(createSqlUpdateLog(database.db))
    const api = await startTestApi({ db: database.db, log })
    const ann = await signUp(api)
    const panels = await Promise.all([1, 2].map(() => somePanel(ann, { initialState: { n: 0 } })))
    const send = () =>
      ann.call('POST', `/api/state/${ann.workspaceId}/batch`, {
        body: {
          changes: panels.map(({ panelId }) => ({
            panelId,
            patches: [{ op: 'increment', path: '/$state/n', value: 1 }],
          })),
        },
      })
    const states = () => Promise.all(panels.map(async (panel) => (await panel.read()).body.state.$state.n))
    for (const [fate, expected] of [
      ['unavailable', [0, 0]],
      ['commit but lose the answer', [1, 1]],
    ] as const) {
      const before = log.batches.length
      log.hold()
      const sending = send()
      await until(() => log.batches.length > before)
      await log.let(fate)
      log.release()
      expect((await sending).status).toBe(503)
      expect(await states()).toEqual(expected)
    }
    expect((await send()).status).toBe(200)
    expect(await states()).toEqual([2, 2])
  })
})
