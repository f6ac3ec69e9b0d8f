import { once } from 'node:events'
import { connect } from 'node:net'
import { createNodeId, type DocumentName, toVersion, type UpdateLog } from '@nexus/core'
import { applyJsonPatch, FREE_FORM_MODEL, parseJsonPatch } from '@nexus/core/document'
import type { StateMessage } from '@nexus/core/http-contract'
import { createMemoryFanout } from '@nexus/core/memory'
import { createLogger } from '@nexus/core/server'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import * as Y from 'yjs'
import { openEvents, openStateSocket, until } from './testkit/subscribers.ts'
import {
  invite,
  type Person,
  signUp,
  somePanel,
  startTestApi,
  type TestApi,
  type TestPanel,
} from './testkit/test-api.ts'

const database = withTestDatabase()

async function someApi(options: Parameters<typeof startTestApi>[0]['options'] = {}) {
  const fanout = createMemoryFanout()
  const api = await startTestApi({ db: database.db, fanout, options })
  return { api, fanout, ann: await signUp(api) }
}

const eventsOf = (api: TestApi, person: Person, panel: TestPanel, headers: Record<string, string> = {}) =>
  openEvents(`${api.url}${panel.path}/events`, { authorization: `Bearer ${person.token}`, ...headers })

const socketOf = (api: TestApi, person: Person, workspaceId = person.workspaceId) =>
  openStateSocket(`${api.url}/ws/state/${workspaceId}?token=${person.token}`)

/** The state by version, as somebody has it who follows the messages. */
function followed(messages: readonly StateMessage[]): Map<number, unknown> {
  const states = new Map<number, unknown>()
  let doc = new Y.Doc()
  let at: number | null = null
  for (const message of messages) {
    if (message.type === 'state_sync') {
      doc = new Y.Doc()
      applyJsonPatch(doc, FREE_FORM_MODEL, [{ op: 'replace', path: '/$state', value: message.state.$state }])
    } else if (message.type === 'state_update') {
      expect(message.previousVersion).toBe(at)
      applyJsonPatch(doc, FREE_FORM_MODEL, parseJsonPatch(message.patch))
    } else continue
    at = message.version
    states.set(at, doc.getMap('state').toJSON())
  }
  return states
}

const versionsOf = (messages: readonly StateMessage[]) =>
  messages.flatMap((message) => ('version' in message ? [[message.type, message.version]] : []))

const change = (panel: TestPanel, n: number) =>
  panel.patch([
    { op: 'add', path: '/$state/n', value: n },
    { op: 'add', path: '/$state/list/0', value: { id: n } },
  ])

describe('a panel as it changes, as Server-Sent Events', () => {
  test('[SUB1] the whole state first, then every version, each with who and why', async () => {
    const { api, ann } = await someApi()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const { response, events } = await eventsOf(api, ann, panel)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    await until(() => events.length === 1)
    for (let n = 1; n <= 5; n += 1) await change(panel, n)
    await panel.put({ state: { $state: { list: [] } }, triggeredBy: 'ai', triggerSource: 'idea' })
    await until(() => events.length === 7)
    expect(events.map(({ id, type }) => [type, id])).toEqual([
      ['state_sync', '1'],
      ...[2, 3, 4, 5, 6, 7].map((version) => ['state_update', String(version)]),
    ])
    expect(events.at(-1)?.message).toMatchObject({
      panelId: panel.panelId,
      userId: ann.userId,
      triggeredBy: 'ai',
      triggerSource: 'idea',
    })
    for (const [version, state] of followed(events.map(({ message }) => message))) {
      expect(state).toEqual((await panel.read(`?version=${version}`)).body.state.$state)
    }
  })

  test('[SUB2] who comes back with the version it had is told what it missed, and nothing else', async () => {
    const { api, ann } = await someApi()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    for (let n = 1; n <= 5; n += 1) await change(panel, n)
    const missed = await eventsOf(api, ann, panel, { 'last-event-id': '3' })
    const none = await eventsOf(api, ann, panel, { 'last-event-id': '6' })
    await change(panel, 6)
    await until(() => missed.events.length === 4 && none.events.length === 1)
    expect(versionsOf(missed.events.map(({ message }) => message))).toEqual(
      [4, 5, 6, 7].map((version) => ['state_update', version]),
    )
    expect(none.events[0]?.message).toMatchObject({ type: 'state_update', previousVersion: 6, version: 7 })
    expect(missed.events[0]?.message).toMatchObject({ previousVersion: 3, userId: ann.userId })
  })

  test('[SUB2] what is no version, or one too far back, begins with the whole state', async () => {
    const { api, fanout, ann } = await someApi()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    await appendElsewhere(fanout, ann, panel, 1_100)
    for (const id of ['x', '9999999', '50']) {
      const { events } = await eventsOf(api, ann, panel, { 'last-event-id': id })
      await until(() => events.length > 0)
      expect(events[0]?.message).toMatchObject({ type: 'state_sync', version: 1_101 })
    }
    const { events } = await eventsOf(api, ann, panel, { 'last-event-id': '102' })
    await until(() => events.length === 999)
    expect(events.every(({ type }) => type === 'state_update')).toBe(true)
  })

  test('[SUB2] changes made while older ones are read come after them, once', async () => {
    const { api, fanout, ann } = await someApi()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    await appendElsewhere(fanout, ann, panel, 400)
    const readers = await Promise.all(
      [1, 2, 3].map(() => eventsOf(api, ann, panel, { 'last-event-id': '1' })),
    )
    for (let n = 1; n <= 20; n += 1) await change(panel, n)
    await until(() => readers.every(({ events }) => events.length === 420))
    for (const { events } of readers) {
      expect(versionsOf(events.map(({ message }) => message))).toEqual(
        Array.from({ length: 420 }, (_, index) => ['state_update', index + 2]),
      )
    }
  })

  test('[SUB3] what others append arrives, also when nobody says so', async () => {
    const { api, fanout, ann } = await someApi()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const { events } = await eventsOf(api, ann, panel)
    await until(() => events.length === 1)
    await appendElsewhere(fanout, ann, panel, 2)
    await until(() => events.length === 3)
    await appendElsewhere(null, ann, panel, 2)
    await until(() => events.length === 5)
    expect(versionsOf(events.map(({ message }) => message)).map(([, version]) => version)).toEqual([
      1, 2, 3, 4, 5,
    ])
  })

  test('[SUB3] a new subscriber has what was acknowledged before, whatever the fan-out says', async () => {
    const { api, ann } = await someApi()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const first = await eventsOf(api, ann, panel)
    await until(() => first.events.length === 1)
    await appendElsewhere(null, ann, panel, 3)
    const second = await eventsOf(api, ann, panel)
    await until(() => second.events.length === 1)
    expect(second.events[0]?.message).toMatchObject({ type: 'state_sync', version: 4 })
  })

  test('[SUB4] without a right to it there is nothing to hear; a token may stand in the query', async () => {
    const { api, ann } = await someApi()
    const eve = await signUp(api)
    const panel = await somePanel(ann)
    expect((await eventsOf(api, eve, panel)).response.status).toBe(404)
    const url = `${api.url}${panel.path}/events`
    expect((await openEvents(url)).response.status).toBe(401)
    expect((await openEvents(`${url}?token=nonsense`)).response.status).toBe(401)
    const { events } = await openEvents(`${url}?token=${ann.token}`)
    await until(() => events.length === 1)
    expect(events[0]?.type).toBe('state_sync')
  })

  test('[SUB5] who loses the right hears no more, and is told so', async () => {
    const { api, fanout, ann } = await someApi()
    const ben = await signUp(api)
    await invite(database.db, ann, ben, 'viewer')
    const panel = await somePanel(ann)
    const [his, hers] = [await eventsOf(api, ben, panel), await eventsOf(api, ann, panel)]
    await until(() => his.events.length === 1 && hers.events.length === 1)
    await database.db.deleteFrom('workspace_members').where('user_id', '=', ben.userId).execute()
    const [workspaceId] = panel.path.split('/').slice(3) as [never]
    fanout.publishNotice({ type: 'member_changed', workspaceId, userId: ben.userId })
    await until(() => his.state.isEnded)
    expect(his.events.at(-1)).toMatchObject({ type: 'state_error', message: { code: 'not_found' } })
    await ann.call('DELETE', `/api/panels/${panel.panelId}`)
    await until(() => hers.state.isEnded)
    expect(hers.events.at(-1)).toMatchObject({ type: 'state_error', message: { code: 'not_found' } })
  })

  test('[SUB5] also when no notice says so, and when the session is over', async () => {
    const { api, ann } = await someApi({ SUBSCRIPTION_CHECK_MS: 100 })
    const panel = await somePanel(ann)
    const { events, state } = await eventsOf(api, ann, panel)
    await until(() => events.length === 1)
    await ann.call('POST', '/api/auth/logout', { headers: { 'x-session-token': ann.sessionToken } })
    await database.db.deleteFrom('sessions').where('user_id', '=', ann.userId).execute()
    await until(() => state.isEnded)
    expect(events.at(-1)).toMatchObject({ type: 'state_error', message: { code: 'unauthorized' } })
  })

  test('[SUB8] a server that is drained ends its streams, and its clients go on elsewhere', async () => {
    const { api, fanout, ann } = await someApi()
    const other = await startTestApi({ db: database.db, fanout })
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const { events, state } = await eventsOf(api, ann, panel)
    const socket = await socketOf(api, ann)
    socket.say({ type: 'subscribe', panelId: panel.panelId })
    await until(() => events.length === 1 && socket.messages.length === 1)
    await api.drain()
    await until(() => state.isEnded && socket.state.closeCode !== null)
    expect(socket.state.closeCode).toBe(1012)
    expect(events.at(-1)).toMatchObject({ type: 'state_error', message: { code: 'unavailable' } })
    await appendElsewhere(fanout, ann, panel, 1)
    const next = await eventsOf(other, ann, panel, { 'last-event-id': events[0]?.id ?? '' })
    await until(() => next.events.length === 1)
    expect(next.events[0]?.message).toMatchObject({ type: 'state_update', previousVersion: 1, version: 2 })
  })
})

describe('a reader that has stopped reading', () => {
  test('[SUB8] does not keep a server that is drained', async () => {
    const { api, ann } = await someApi({ MAX_SUBSCRIBER_BACKLOG_BYTES: 1_000_000_000 })
    const panel = await somePanel(ann)
    const { port } = new URL(api.url)
    const socket = connect(Number(port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.write(`GET ${panel.path}/events?token=${ann.token} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await once(socket, 'data')
    socket.pause()
    for (let n = 1; n <= 10; n += 1) {
      await panel.patch([{ op: 'add', path: '/$state/text', value: String(n).padStart(900_000, 'x') }])
    }
    let isDrained = false
    void api.drain().then(() => {
      isDrained = true
    })
    await until(() => isDrained)
  })
})

describe('while a panel is being opened', () => {
  /** Somebody's panel, and an `api` that can be made to wait for the log. */
  async function someSlowApi(options: Parameters<typeof startTestApi>[0]['options'] = {}) {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const panel = await somePanel(ann)
    const slow = slowLog(createSqlUpdateLog(database.db))
    const logger = createLogger({ service: 'api', level: 'silent' })
    const logged = vi.spyOn(logger, 'info')
    const api = await startTestApi({ db: database.db, log: slow.log, logger, options })
    const hasLogged = (text: string) => logged.mock.calls.some((line: unknown[]) => line[1] === text)
    return { api, ann, panel, slow, hasLogged }
  }

  test('[SUB7] who goes away before it is open leaves nothing behind', async () => {
    const { api, ann, panel, slow, hasLogged } = await someSlowApi({ MAX_SUBSCRIPTIONS_PER_USER: 1 })
    slow.hold()
    const giveUp = new AbortController()
    const asked = openEvents(`${api.url}${panel.path}/events?token=${ann.token}`, {}, giveUp)
    const isAborted = expect(asked).rejects.toThrow()
    await until(() => slow.waiting > 0)
    giveUp.abort()
    await isAborted
    await until(() => hasLogged('the client went away'))
    slow.release()
    await vi.waitFor(async () => expect((await eventsOf(api, ann, panel)).response.status).toBe(200))
  })

  test('[SUB8] a server that is drained meanwhile begins nothing', async () => {
    const { api, ann, panel, slow } = await someSlowApi()
    slow.hold()
    const asked = eventsOf(api, ann, panel)
    await until(() => slow.waiting > 0)
    const drained = api.drain()
    slow.release()
    const { response } = await asked
    expect(response.status).toBe(503)
    await drained
    expect((await eventsOf(api, ann, panel)).response.status).toBe(503)
  })
})

describe('panels as they change, over WebSocket', () => {
  test('[SUB6] one socket listens to several panels; what it leaves is silent', async () => {
    const { api, ann } = await someApi()
    const [one, two] = [
      await somePanel(ann, { initialState: { list: [] } }),
      await somePanel(ann, { initialState: { list: [] } }),
    ]
    const { say, of, messages } = await socketOf(api, ann)
    say({ type: 'subscribe', panelId: one.panelId })
    say({ type: 'subscribe', panelId: two.panelId, fromVersion: 1 })
    say({ type: 'ping' })
    await until(() => messages.length === 2)
    await change(one, 1)
    await change(two, 1)
    await until(() => of(one.panelId).length === 2 && of(two.panelId).length === 1)
    expect(versionsOf(of(one.panelId))).toEqual([
      ['state_sync', 1],
      ['state_update', 2],
    ])
    expect(versionsOf(of(two.panelId))).toEqual([['state_update', 2]])
    expect(messages).toContainEqual({ type: 'pong' })
    say({ type: 'unsubscribe', panelId: one.panelId })
    say({ type: 'ping' })
    await until(() => messages.filter(({ type }) => type === 'pong').length === 2)
    await change(one, 2)
    await change(two, 2)
    await until(() => of(two.panelId).length === 2)
    expect(of(one.panelId)).toHaveLength(2)
  })

  test('[SUB6] subscribing again begins anew', async () => {
    const { api, ann } = await someApi()
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const { say, of } = await socketOf(api, ann)
    for (let times = 0; times < 5; times += 1) say({ type: 'subscribe', panelId: panel.panelId })
    await until(() => of(panel.panelId).length > 0)
    await change(panel, 1)
    await until(() => of(panel.panelId).some(({ type }) => type === 'state_update'))
    await change(panel, 2)
    await until(() => versionsOf(of(panel.panelId)).some(([, version]) => version === 3))
    expect(versionsOf(of(panel.panelId)).filter(([type]) => type === 'state_update')).toEqual([
      ['state_update', 2],
      ['state_update', 3],
    ])
  })

  test('[SUB6] what cannot be understood, or is not there, is an error; the socket goes on', async () => {
    const { api, ann } = await someApi()
    const eve = await signUp(api)
    const hers = await somePanel(eve)
    const { say, messages, state } = await socketOf(api, ann)
    const bad = ['', 'x', '[]', '{"type":"jump"}', '{"type":"subscribe"}', '{"type":"subscribe","panelId":5}']
    for (const text of [...bad, '{"type":"subscribe","panelId":"x","fromVersion":0}']) say(text)
    await until(() => messages.length === 7)
    for (const message of messages)
      expect(message).toMatchObject({ type: 'error', code: 'validation_failed' })
    expect(messages.slice(3)).toMatchObject([
      { pointer: '/type', message: 'The field “type” must be “subscribe”, “unsubscribe” or “ping”.' },
      { pointer: '/panelId', message: 'The field “panelId” is required.' },
      { pointer: '/panelId', message: 'The field “panelId” must be text.' },
      { pointer: '/fromVersion', message: 'The field “fromVersion” must be at least 1.' },
    ])
    say({ type: 'subscribe', panelId: 'nothing' })
    say({ type: 'subscribe', panelId: hers.panelId })
    await until(() => messages.length === 9)
    for (const message of messages.slice(7))
      expect(message).toMatchObject({ type: 'error', code: 'not_found' })
    say({ type: 'ping' })
    await until(() => messages.at(-1)?.type === 'pong')
    expect(state.closeCode).toBeNull()
  })

  test('[SUB5] a socket that outlives its session hears nothing', async () => {
    const { api, ann } = await someApi()
    const panel = await somePanel(ann)
    const { say, messages, state } = await socketOf(api, ann)
    await ann.call('POST', '/api/auth/logout', { headers: { 'x-session-token': ann.sessionToken } })
    say({ type: 'subscribe', panelId: panel.panelId })
    await until(() => state.closeCode !== null)
    expect(state.closeCode).toBe(4401)
    expect(messages.filter(({ type }) => type !== 'error')).toEqual([])
  })

  test('[SUB4] strangers and unknown workspaces get no socket', async () => {
    const { api, ann } = await someApi()
    const eve = await signUp(api)
    await expect(socketOf(api, eve, ann.workspaceId)).rejects.toThrow('404')
    await expect(socketOf(api, ann, 'nothing')).rejects.toThrow('404')
    await expect(openStateSocket(`${api.url}/ws/state/${ann.workspaceId}`)).rejects.toThrow('401')
    await expect(openStateSocket(`${api.url}/ws/state/${ann.workspaceId}?token=x`)).rejects.toThrow('401')
  })

  test('[SUB7] one who reads too slowly gets the whole state when it has caught up, and nobody waits for it', async () => {
    const { api, ann } = await someApi({ MAX_SUBSCRIBER_BACKLOG_BYTES: 100_000 })
    const panel = await somePanel(ann, { initialState: { list: [] } })
    const [slow, quick] = [await socketOf(api, ann), await socketOf(api, ann)]
    for (const { say } of [slow, quick]) say({ type: 'subscribe', panelId: panel.panelId })
    await until(() => slow.messages.length === 1 && quick.messages.length === 1)
    slow.ws.pause()
    for (let n = 1; n <= 40; n += 1) {
      await panel.patch([{ op: 'add', path: '/$state/text', value: String(n).padStart(500_000, 'x') }])
    }
    await until(() => versionsOf(quick.messages).some(([, version]) => version === 41))
    expect(quick.messages).toHaveLength(41)
    slow.ws.resume()
    await until(() => versionsOf(slow.messages).some(([, version]) => version === 41))
    expect(slow.messages.length).toBeLessThan(41)
    expect(slow.messages.at(-1)?.type).toBe('state_sync')
    await change(panel, 1)
    await until(() => versionsOf(slow.messages).some(([, version]) => version === 42))
    expect(followed(slow.messages).get(42)).toEqual((await panel.read()).body.state.$state)
  })

  test('[SUB15] pages of other origins open none', async () => {
    const { api, ann } = await someApi({ COLLAB_ALLOWED_ORIGINS: 'https://studio.example.org' })
    const openFrom = (origin: string) =>
      new Promise<string>((resolve) => {
        const url = `${api.url.replace('http', 'ws')}/ws/state/${ann.workspaceId}?token=${ann.token}`
        const ws = new NodeWebSocket(url, { origin })
        ws.once('open', () => {
          ws.close()
          resolve('open')
        })
        ws.once('error', (error) => resolve(error.message))
      })
    expect(await openFrom('https://evil.example.org')).toContain('403')
    expect(await openFrom(api.url)).toBe('open')
    expect(await openFrom('https://studio.example.org')).toBe('open')
  })

  test('[SUB7] limits: sockets of a user', async () => {
    const { api, ann } = await someApi({ MAX_SUBSCRIPTIONS_PER_USER: 2 })
    const [first] = [await socketOf(api, ann), await socketOf(api, ann)]
    await expect(socketOf(api, ann)).rejects.toThrow('429')
    expect((await socketOf(api, await signUp(api))).state.closeCode).toBeNull()
    first.ws.close()
    await vi.waitFor(() => socketOf(api, ann))
  })

  test('[SUB7] limits: panels of a user, messages in a second', async () => {
    const { api, ann } = await someApi({ MAX_SUBSCRIPTIONS_PER_USER: 2 })
    const panels = [await somePanel(ann), await somePanel(ann), await somePanel(ann)]
    const { say, messages, state } = await socketOf(api, ann)
    for (const { panelId } of panels) say({ type: 'subscribe', panelId })
    await until(() => messages.length === 3)
    expect(messages.filter(({ type }) => type === 'state_sync')).toHaveLength(2)
    expect(messages.find(({ type }) => type === 'error')).toMatchObject({ code: 'rate_limited' })
    const [first, second] = messages.flatMap((message) =>
      message.type === 'state_sync' ? [message.panelId] : [],
    )
    say({ type: 'unsubscribe', panelId: first })
    const third = panels.find(({ panelId }) => panelId !== first && panelId !== second)
    say({ type: 'subscribe', panelId: third?.panelId })
    await until(() => messages.length === 4)
    expect(messages.at(-1)).toMatchObject({ type: 'state_sync', panelId: third?.panelId })
    for (let times = 0; times < 300; times += 1) say({ type: 'ping' })
    await until(() => state.closeCode !== null)
    expect(state.closeCode).toBe(4429)
  })
})

/** A real log that can be made to wait before it reads a document. */
function slowLog(log: UpdateLog) {
  let waiting: (() => void)[] = []
  let isHeld = false
  const slow: UpdateLog = {
    create: (documents) => log.create(documents),
    append: (batch) => log.append(batch),
    appendAll: (batch) => log.appendAll(batch),
    heads: (documents) => log.heads(documents),
    read: async (document, version) => {
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve))
      return log.read(document, version)
    },
    readTail: (document, range) => log.readTail(document, range),
    versionAt: (document, at) => log.versionAt(document, at),
    tailSize: (document) => log.tailSize(document),
    saveCheckpoint: (document, checkpoint) => log.saveCheckpoint(document, checkpoint),
  }
  return {
    log: slow,
    get waiting() {
      return waiting.length
    },
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      for (const goOn of waiting) goOn()
      waiting = []
    },
  }
}

/** As another process does; without a fan-out nobody hears of it. */
async function appendElsewhere(
  fanout: ReturnType<typeof createMemoryFanout> | null,
  person: Person,
  panel: TestPanel,
  count: number,
): Promise<void> {
  const log = createSqlUpdateLog(database.db)
  const document = `${person.workspaceId}/${panel.panelId}` as DocumentName
  const doc = new Y.Doc()
  const record = await log.read(document)
  if (record === null) throw new Error('The panel is not there.')
  for (const update of [record.checkpoint?.state, ...record.tail.map((entry) => entry.update)]) {
    if (update !== undefined) Y.applyUpdate(doc, update)
  }
  const cause = { userId: person.userId, triggeredBy: 'user', triggerSource: null } as const
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => void updates.push(update))
  for (let n = 1; n <= count; n += 1) doc.getMap('state').set('elsewhere', record.version + n)
  const [outcome] = await log.append([
    {
      document,
      updates: updates.map((update) => ({ update, ...cause, changeType: 'updated', clientSession: null })),
    },
  ])
  if (outcome?.state !== 'appended') throw new Error('It was not appended.')
  const { fromVersion, occurredAt } = outcome
  fanout?.announce({
    document,
    sender: createNodeId(),
    fromVersion,
    toVersion: toVersion(fromVersion + updates.length - 1),
    occurredAt,
    updates: updates.map((update) => ({ update, ...cause })),
  })
}
