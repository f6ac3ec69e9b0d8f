import { createPanelUpdate, setAt } from '@nexus/core/document'
import { type CompiledTool, compilePanel, modelOf } from '@nexus/core/nxml'
import { createSandbox, runTool } from '@nexus/core/nxml/sandbox'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createPanelStore } from './panel-store.ts'
import {
  createToolRunner,
  type Engine,
  parseScreenEvent,
  type ScreenEvent,
  writesOnlyLocally,
} from './tool-runner.ts'

const SOURCE = `<NexusPanel title="T">
  <Data>
    <State name="n" type="number" />
    <State name="show" type="string" scope="local" />
  </Data>
  <Logic>
    <Tool name="two" description="Add two"><Arg name="id" /><Arg name="value" required="false" /><Handler>$state.n += 1;</Handler></Tool>
    <Tool name="pick"><Arg name="what" /><Handler>$state.show = $args.what;</Handler></Tool>
  </Logic>
  <View><Layout><Button label="Pick" trigger="pick" args="[$state.n]" /></Layout></View>
</NexusPanel>`

function compiled() {
  const compilation = compilePanel(SOURCE)
  if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
  return compilation.panel
}

function tool(name: string): CompiledTool {
  const found = compiled().tools.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

test('[STU49] a run gets the arguments as they were when the person acted', async () => {
  const { doc, store, runner } = setUp(async () => ({ sandbox: await createSandbox(), runTool }))
  const trigger = compiled().view?.children[0]?.trigger
  if (trigger === undefined) throw new Error('not compiled')
  setAt(doc, store.model().shape, ['n'], 1, 'test')
  const run = runner.run({ trigger, scope: {} })
  setAt(doc, store.model().shape, ['n'], 2, 'test')
  await run
  expect(store.localState()).toEqual({ show: '1' })
})

test('[STU51] a viewer may run what changes only their own screen', () => {
  expect(writesOnlyLocally(compiled(), tool('pick'))).toBe(true)
  expect(writesOnlyLocally(compiled(), tool('two'))).toBe(false)
})

test('[STU52] events with the wrong shape, unknown names and addresses that are not https never reach the screen', () => {
  expect(parseScreenEvent({ name: 'toast', payload: 'Hi' })).toEqual({
    type: 'toast',
    level: 'info',
    message: 'Hi',
  })
  expect(parseScreenEvent({ name: 'toast', payload: { message: 'Hi', type: 'warn' } })).toMatchObject({
    level: 'warn',
  })
  expect(parseScreenEvent({ name: 'navigate', payload: { url: 'javascript:alert(1)' } })).toBeNull()
  expect(parseScreenEvent({ name: 'navigate', payload: { url: 'https://example.org' } })).not.toBeNull()
  expect(parseScreenEvent({ name: 'toast', payload: { text: 1 } })).toBeNull()
  expect(parseScreenEvent({ name: 'config.saved', payload: {} })).toBeNull()
})

const noNetwork = (): Promise<Engine> => Promise.reject(new Error('No network.'))

function setUp(load = noNetwork) {
  const doc = new Y.Doc()
  const { shape } = modelOf(compiled())
  Y.applyUpdate(doc, createPanelUpdate({ panelId: 'p', source: SOURCE, shape }))
  const events: ScreenEvent[] = []
  let loads = 0
  const store = createPanelStore(doc)
  const runner = createToolRunner({
    doc,
    store,
    me: { id: 'u', name: 'Ada' },
    isReadOnly: () => false,
    onScreenEvent: (event) => events.push(event),
    onViewCommand: () => {},
    load: () => {
      loads += 1
      return load()
    },
  })
  return { doc, store, runner, events, loads: () => loads }
}

test('[STU67] what tools run in is fetched ahead, and quietly', async () => {
  const { runner, events, loads } = setUp()
  runner.prepare()
  await Promise.resolve()
  expect([loads(), events]).toEqual([1, []])
})

test('[STU68] a run that fails says so by what the tool does', async () => {
  const { runner, events } = setUp()
  await runner.run({ trigger: { tool: 'two', argsShape: 'unknown' }, scope: {} })
  expect(events).toEqual([
    { type: 'toast', level: 'error', title: '“Add two” did not work', message: 'No network.' },
  ])
})
