import { beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createPanelUpdate, readState } from '../../document/index.ts'
import { createPanelId } from '../../model/ids.ts'
import type { JsonObject } from '../../model/json.ts'
import type { CompiledPanel } from '../compiled-panel.ts'
import { compilePanel, modelOf, PANEL_LIBRARY } from '../index.ts'
import { runTool } from './run-tool.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox()
})

const libraryPanel = (id: string): string => PANEL_LIBRARY.find((panel) => panel.id === id)?.source ?? ''

const compiled = (source: string): CompiledPanel => {
  const compilation = compilePanel(source)
  if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
  return compilation.panel
}

/** A panel's document as the server makes it, and two people who have it open. */
const openPanel = (source: string) => {
  const panel = compiled(source)
  const { shape } = modelOf(panel)
  const update = createPanelUpdate({ panelId: createPanelId(), source, shape })
  const docs = [new Y.Doc(), new Y.Doc()] as const
  for (const doc of docs) Y.applyUpdate(doc, update)
  const state = (doc: Y.Doc): JsonObject => readState(doc, shape)
  const call = (doc: Y.Doc, tool: string, args: JsonObject = {}, localState: JsonObject = {}) =>
    runTool({ sandbox, panel, tool, args, doc, localState })
  const sync = (): void => {
    for (const from of docs) for (const to of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from))
  }
  return { docs, state, call, sync }
}

describe('a tool on a document', () => {
  test('[NXMLRUN30] three writes are one update with the tool as origin', async () => {
    const { docs, state, call } = openPanel(libraryPanel('todo'))
    const origins: unknown[] = []
    docs[0].on('update', (_, origin) => origins.push(origin))
    const { value, localWrites } = await call(docs[0], 'addTask', { title: ' Milk ' }, { draft: 'Milk' })
    expect(origins).toEqual(['tool:addTask'])
    expect(value).toMatchObject({ added: true })
    expect(localWrites).toEqual({ draft: '' })
    expect(state(docs[0]).tasks).toMatchObject([{ title: 'Milk', done: false, priority: 2 }])
  })

  test('[NXMLRUN31] a failing handler leaves no update', async () => {
    const { docs, call } = openPanel(`<NexusPanel title="T">
      <Data><State name="n" type="number" /></Data>
      <Logic><Tool name="go"><Handler>$state.n = 1; $state.n = 2; throw new Error('no');</Handler></Tool></Logic>
      <View><Button label="{$state.n}" trigger="go" /></View></NexusPanel>`)
    let updates = 0
    docs[0].on('update', () => {
      updates += 1
    })
    expect((await call(docs[0], 'go')).error?.message).toBe('no')
    expect(updates).toBe(0)
  })

  test('[NXMLRUN32] one person removes a task while another ticks a third: both hold', async () => {
    const { docs, state, call, sync } = openPanel(libraryPanel('todo'))
    for (const title of ['a', 'b', 'c']) await call(docs[0], 'addTask', { title })
    sync()
    const ids = (state(docs[0]).tasks as { id: string }[]).map(({ id }) => id)
    await call(docs[0], 'removeTask', { id: ids[0] ?? '' })
    await call(docs[1], 'setDone', { id: ids[2] ?? '' })
    sync()
    expect(state(docs[0])).toEqual(state(docs[1]))
    expect(state(docs[0])).toMatchObject({
      finished: 1,
      tasks: [
        { title: 'b', done: false },
        { title: 'c', done: true },
      ],
    })
  })

  test('[NXMLRUN33] an item that arrives while the handler waits is still there afterwards', async () => {
    const source = `<NexusPanel title="T">
      <Data><State name="items" type="list" default='[{"id":"a"},{"id":"b"}]' /></Data>
      <Logic><Extension name="nexus.user" />
        <Tool name="go"><Handler>
          await $ext.user.current();
          $state.items = $state.items.filter((item) => item.id !== 'a');
        </Handler></Tool></Logic>
      <View><Button label="{$state.items.length}" trigger="go" /></View></NexusPanel>`
    const { docs, state, call } = openPanel(source)
    const running = call(docs[0], 'go')
    const items = docs[0].getMap('state').get('items')
    if (items instanceof Y.Array) items.push([new Y.Map([['id', 'c']])])
    expect((await running).error).toBeUndefined()
    expect(state(docs[0]).items).toEqual([{ id: 'b' }, { id: 'c' }])
  })

  test('[NXMLRUN34] counters add up and texts merge', async () => {
    const source = `<NexusPanel title="T">
      <Data><State name="hits" type="counter" /><State name="page" type="text" default="ab" /></Data>
      <Logic><Tool name="go"><Arg name="text" /><Handler>$state.hits += 2; $state.page += $args.text;</Handler></Tool></Logic>
      <View><Layout><Metric label="n" value="{$state.hits}" /><Input bind="$state.page" trigger="go" args="['x']" /></Layout></View>
    </NexusPanel>`
    const { docs, state, call, sync } = openPanel(source)
    await call(docs[0], 'go', { text: 'X' })
    await call(docs[1], 'go', { text: 'Y' })
    sync()
    expect(state(docs[0]).hits).toBe(4)
    expect(String(state(docs[0]).page)).toMatch(/^ab(XY|YX)$/)
  })
})

describe('the panel library', () => {
  const CALLS: Record<string, [tool: string, args: JsonObject][]> = {
    notes: [
      ['addNote', { body: 'x' }],
      ['appendToPage', { line: 'more' }],
    ],
    todo: [
      ['addTask', { title: 'x' }],
      ['clearDone', {}],
      ['setShow', { what: 'all' }],
    ],
    kanban: [['addCard', { title: 'x' }]],
    poll: [
      ['vote', { option: 'a' }],
      ['setClosed', { closed: true }],
    ],
    counter: [
      ['add', { by: 5 }],
      ['reset', {}],
    ],
    metrics: [
      ['addSample', { requests: 5 }],
      ['setChartType', { kind: 'bar' }],
    ],
    crm: [
      ['addContact', { name: 'Ann' }],
      ['select', {}],
      ['filterStage', {}],
    ],
    agenda: [
      ['addTopic', { title: 'x' }],
      ['next', {}],
      ['restart', {}],
    ],
    incident: [
      ['write', { message: 'x' }],
      ['setPhase', { phase: 'resolved' }],
      ['report', {}],
      ['onlyErrors', { on: true }],
    ],
    budget: [
      ['addLine', { label: 'x' }],
      ['book', { id: 'l1', amount: 100 }],
    ],
    retro: [
      ['addCard', { lane: 'good', body: 'x' }],
      ['takeBack', {}],
    ],
    config: [
      ['setTheme', { theme: 'dark' }],
      ['revert', {}],
    ],
  }

  test.each(PANEL_LIBRARY)('[NXMLRUN35] the tools of $id run', async ({ id, source }) => {
    const { docs, call } = openPanel(source)
    const calls = CALLS[id] ?? []
    expect(calls.length).toBeGreaterThan(0)
    for (const [tool, args] of calls) expect(await call(docs[0], tool, args)).toMatchObject({ success: true })
  })
})
