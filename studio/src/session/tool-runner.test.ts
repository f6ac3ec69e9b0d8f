import { createPanelUpdate } from '@nexus/core/document'
import { type CompiledTool, compilePanel, modelOf } from '@nexus/core/nxml'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createPanelStore } from './panel-store.ts'
import {
  createToolRunner,
  namedArgs,
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
  <View><Layout /></View>
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

test('[STU49] arguments come by position, by name, or as the only one', () => {
  expect(namedArgs(tool('two'), ['a', 'b'])).toEqual({ id: 'a', value: 'b' })
  expect(namedArgs(tool('two'), { id: 'a' })).toEqual({ id: 'a' })
  expect(namedArgs(tool('two'), 'a')).toEqual({ id: 'a' })
  expect(namedArgs(tool('two'), undefined)).toEqual({})
})

test('[STU50] the new value of a field fills an argument called value that is not given', () => {
  expect(namedArgs(tool('two'), ['a'], 'typed')).toEqual({ id: 'a', value: 'typed' })
  expect(namedArgs(tool('two'), ['a', 'given'], 'typed')).toEqual({ id: 'a', value: 'given' })
  expect(namedArgs(tool('pick'), ['a'], 'typed')).toEqual({ what: 'a' })
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

function setUp() {
  const doc = new Y.Doc()
  const { shape } = modelOf(compiled())
  Y.applyUpdate(doc, createPanelUpdate({ panelId: 'p', source: SOURCE, shape }))
  const events: ScreenEvent[] = []
  let loads = 0
  const runner = createToolRunner({
    doc,
    store: createPanelStore(doc),
    me: { id: 'u', name: 'Ada' },
    isReadOnly: () => false,
    onScreenEvent: (event) => events.push(event),
    onViewCommand: () => {},
    load: () => {
      loads += 1
      return Promise.reject(new Error('No network.'))
    },
  })
  return { runner, events, loads: () => loads }
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
