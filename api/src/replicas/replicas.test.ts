import {
  createNodeId,
  createPanelId,
  createWorkspaceId,
  type Json,
  type JsonObject,
  panelDocumentName,
  toVersion,
  type Version,
} from '@nexus/core'
import { applyJsonPatch, createPanelUpdate, FREE_FORM, parseJsonPatch } from '@nexus/core/document'
import { createMemoryFanout, MemoryUpdateLog } from '@nexus/core/memory'
import { createUnreadMetrics } from '@nexus/core/server'
import { createGatedLog } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Change } from './change.ts'
import { createReplicas } from './replicas.ts'

const CAUSE = {
  userId: null,
  triggeredBy: 'api',
  triggerSource: null,
  changeType: 'updated',
  clientSession: null,
} as const

/** One panel, and a process that works on it. The log waits for the test after `log.hold()`. */
async function openPanel(initialState: JsonObject, { maxReplicas = 10 } = {}) {
  const [workspaceId, panelId] = [createWorkspaceId(), createPanelId()]
  const document = panelDocumentName(workspaceId, panelId)
  const memory = new MemoryUpdateLog()
  const log = createGatedLog(memory)
  const update = createPanelUpdate({ panelId, source: null, shape: FREE_FORM, initialState })
  await log.create([{ document, workspaceId, panelId, first: { ...CAUSE, changeType: 'created', update } }])
  const process = () =>
    createReplicas({
      log,
      receipts: memory.receipts,
      fanout: createMemoryFanout(),
      nodeId: createNodeId(),
      onError: () => undefined,
      maxReplicas,
      maxCachedChars: 1_000_000,
      states: null,
      metrics: createUnreadMetrics(),
      changeLimits: { maxStateChars: 4_000_000, maxUpdateBytes: 4_000_000 },
    })
  const replicas = process()
  const head = async (): Promise<Version> => (await log.heads([document])).get(document) ?? toVersion(0)
  /** As somebody asks who has seen this version in the database. */
  const readNewest = async (version: Version, of = document) => {
    const [entry] = await memory.readTail(of, { after: toVersion(version - 1), limit: 1 })
    return replicas.readNewest(of, { version, updatedAt: entry?.occurredAt ?? new Date(0) })
  }
  const read = async () => {
    const { state } = await readNewest(await head())
    return { version: state.version, state: JSON.parse(state.json).$state }
  }
  const change = (patch: Json, wanted: Partial<Change> = {}) => {
    const operations = parseJsonPatch(patch)
    return replicas.change(document, {
      apply: (doc, model) => applyJsonPatch(doc, model, operations),
      cause: CAUSE,
      base: null,
      expected: null,
      receipt: null,
      head: toVersion(1),
      ...wanted,
    })
  }
  const batches = async (count: number) => {
    while (log.batches.length < count) await new Promise(setImmediate)
  }
  return { log, document, replicas, process, head, readNewest, read, change, batches }
}

describe('a group of changes', () => {
  test('[REP1] changes that wait while one is saved are saved by one append, each as an update of its own', async () => {
    const { log, change, batches, read } = await openPanel({})
    log.hold()
    const first = change([{ op: 'add', path: '/$state/a', value: 1 }])
    await batches(1)
    const rest = ['b', 'c', 'd'].map((key) => change([{ op: 'add', path: `/$state/${key}`, value: 1 }]))
    log.release()
    const versions = await Promise.all([first, ...rest].map(async (changed) => (await changed).version))
    expect(versions).toEqual([2, 3, 4, 5])
    expect(log.batches.map(([entry]) => entry?.updates.length)).toEqual([1, 3])
    expect(await read()).toEqual({ version: 5, state: { a: 1, b: 1, c: 1, d: 1 } })
  })

  test('[REP2] changes of one group that name the version it starts from are each made to that version', async () => {
    const { log, change, batches, read } = await openPanel({ list: ['a', 'b'] })
    log.hold()
    const first = change([{ op: 'add', path: '/$state/n', value: 1 }])
    await batches(1)
    const removals = ['a', 'b'].map((value, at) =>
      change(
        [
          { op: 'test', path: `/$state/list/${at}`, value },
          { op: 'remove', path: `/$state/list/${at}` },
        ],
        { base: toVersion(2) },
      ),
    )
    log.release()
    await Promise.all([first, ...removals])
    expect(log.batches).toHaveLength(2)
    expect(await read()).toEqual({ version: 4, state: { list: [], n: 1 } })
  })

  test('[REP3] when it cannot be saved, everybody in it is told so, also who only looked', async () => {
    const { log, change, batches, read } = await openPanel({ n: 0 })
    log.hold()
    const opener = change([{ op: 'add', path: '/$state/x', value: 1 }])
    await batches(1)
    const waiting = [
      change([{ op: 'replace', path: '/$state/n', value: 7 }]),
      change([{ op: 'test', path: '/$state/n', value: 0 }]),
      change([{ op: 'replace', path: '/$state/n', value: 7 }]),
    ]
    const settled = Promise.allSettled(waiting)
    await log.let('commit')
    await opener
    await batches(2)
    await log.let('unavailable')
    for (const outcome of await settled) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } })
    }
    log.release()
    expect(await read()).toEqual({ version: 2, state: { n: 0, x: 1 } })
  })

  test('[REP11] of changes that looked at other versions of a large document, few are made at a time, and each once', async () => {
    const { log, change, batches, read } = await openPanel({ text: 'x'.repeat(600_000) })
    log.hold()
    const opener = change([{ op: 'add', path: '/$state/opener', value: 1 }])
    await batches(1)
    const keys = Array.from({ length: 12 }, (_, at) => `k${at}`)
    const asked = keys.map((key, at) =>
      change([{ op: 'add', path: `/$state/${key}`, value: at }], { base: toVersion(at < 6 ? 1 : 2) }),
    )
    const settled = Promise.allSettled(asked)
    await log.let('commit')
    await opener
    await batches(2)
    await log.let('unavailable')
    log.release()
    const outcomes = (await settled).map(({ status }) => status)
    const refused = log.batches[1]?.[0]?.updates.length ?? 0
    expect(refused).toBe(3)
    expect(outcomes).toEqual(keys.map((_, at) => (at < refused ? 'rejected' : 'fulfilled')))
    const sizes = log.batches.slice(2).map(([entry]) => entry?.updates.length ?? 0)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(keys.length - refused)
    const { state } = await read()
    expect(Object.keys(state).sort()).toEqual(['opener', 'text', ...keys.slice(refused)].sort())
  })

  test('[REP4] an answer that changes nothing names a version that is saved', async () => {
    const { log, change, batches } = await openPanel({ n: 0 })
    log.hold()
    const opener = change([{ op: 'add', path: '/$state/x', value: 1 }])
    await batches(1)
    const [idle, writer, repeater] = [
      change([{ op: 'replace', path: '/$state/n', value: 0 }]),
      change([{ op: 'replace', path: '/$state/n', value: 7 }]),
      change([{ op: 'replace', path: '/$state/n', value: 7 }]),
    ]
    log.release()
    await opener
    expect(await idle).toMatchObject({ version: 2, isChanged: false })
    expect(await writer).toMatchObject({ version: 3, isChanged: true })
    expect(await repeater).toMatchObject({
      version: 3,
      isChanged: false,
      updatedAt: (await writer).updatedAt,
    })
  })

  test('[REP5] a change that is refused takes nobody else with it', async () => {
    const { log, change, batches, read } = await openPanel({ n: 0 })
    log.hold()
    const opener = change([{ op: 'add', path: '/$state/x', value: 1 }])
    await batches(1)
    const huge = 'x'.repeat(3_000_000)
    const waiting = Promise.allSettled([
      change([{ op: 'add', path: '/$state/a', value: huge }]),
      change([{ op: 'remove', path: '/$state/missing' }]),
      change([{ op: 'add', path: '/$state/b', value: huge }]),
      change([{ op: 'add', path: '/$state/c', value: 3 }]),
      change([{ op: 'add', path: '/$state/d', value: 4 }], { base: toVersion(99) }),
    ])
    log.release()
    await opener
    expect(await waiting).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'invalid_patch' } },
      { status: 'rejected', reason: { code: 'payload_too_large' } },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'validation_failed' } },
    ])
    const { version, state } = await read()
    expect(version).toBe(4)
    expect(Object.keys(state)).toEqual(['a', 'c', 'n', 'x'])
  })
})

describe('reads', () => {
  test('[REP6] a read that comes while a change is being saved waits, and sees it saved', async () => {
    const { log, readNewest, change, batches } = await openPanel({ n: 0 })
    log.hold()
    const writing = change([{ op: 'replace', path: '/$state/n', value: 1 }])
    await batches(1)
    let isAnswered = false
    const reading = readNewest(toVersion(1)).finally(() => {
      isAnswered = true
    })
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
    expect(isAnswered).toBe(false)
    await log.let('commit')
    await writing
    const { state } = await reading
    expect([state.version, state.json]).toEqual([2, '{"$state":{"n":1},"$computed":{}}'])
  })

  test('[REP7] a read after a failed append never shows what was not saved', async () => {
    const { log, readNewest, change, batches } = await openPanel({ n: 0 })
    log.hold()
    const writing = Promise.allSettled([change([{ op: 'replace', path: '/$state/n', value: 1 }])])
    await batches(1)
    const reading = readNewest(toVersion(1))
    await log.let('unavailable')
    await writing
    const { state } = await reading
    expect([state.version, state.json]).toEqual([1, '{"$state":{"n":0},"$computed":{}}'])
  })

  test('[REP8] with room for one document, others are let go and read again from the log', async () => {
    const { log, readNewest, change } = await openPanel({ n: 0 }, { maxReplicas: 1 })
    for (let n = 1; n <= 3; n += 1) {
      await change([{ op: 'replace', path: '/$state/n', value: n }])
      const other = { ...(await openPanel({ m: n })) }
      await log.create([
        {
          document: other.document,
          workspaceId: createWorkspaceId(),
          panelId: createPanelId(),
          first: { ...CAUSE, update: createPanelUpdate({ panelId: 'x', source: null, shape: FREE_FORM }) },
        },
      ])
      await readNewest(toVersion(1), other.document)
      const { state } = await readNewest(toVersion(n + 1))
      expect(state.json).toContain(`"n":${n}`)
    }
  })
})

describe('checkpoints', () => {
  test('[REP10] are written when the tail has become heavy, exactly at a version', async () => {
    const { log, document, change } = await openPanel({ text: '' })
    await change([{ op: 'replace', path: '/$state/text', value: 'x'.repeat(3_000) }])
    const record = await log.read(document)
    expect(record?.checkpoint?.version).toBe(2)
    const doc = new Y.Doc()
    Y.applyUpdate(doc, record?.checkpoint?.state ?? new Uint8Array())
    expect(doc.getMap('state').toJSON()).toEqual({ text: 'x'.repeat(3_000) })
    expect(doc.store.pendingStructs).toBeNull()
  })

  test('[REP10] that fail harm nothing', async () => {
    const { log, change, read } = await openPanel({ text: '' })
    log.saveCheckpoint = () => Promise.reject(new Error('The test has filled the disk.'))
    await change([{ op: 'replace', path: '/$state/text', value: 'x'.repeat(3_000) }])
    await change([{ op: 'add', path: '/$state/more', value: 1 }])
    expect(await read()).toMatchObject({ version: 3, state: { more: 1 } })
  })
})
