import { applyJsonPatch, createPanelUpdate } from '@nexus/core/document'
import { compilePanel, modelOf } from '@nexus/core/nxml'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { findBinding, writeBinding } from './bound-value.ts'
import { createPanelStore } from './panel-store.ts'

const SOURCE = `<NexusPanel title="T">
  <Data>
    <State name="tasks" type="list" default='[{"id":"a","title":"A","done":false},{"id":"b","title":"B","done":true}]' />
    <State name="count" type="number" default="2" />
    <State name="page" type="text" default="Hello" />
    <State name="draft" type="string" scope="local" />
    <Computed name="open" value="$state.tasks.filter(t => !t.done)" />
    <Computed name="twice" value="$state.count * 2" />
  </Data>
  <View><Text content="{$state.twice}" /></View>
</NexusPanel>`

function setUp() {
  const compilation = compilePanel(SOURCE)
  if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
  const doc = new Y.Doc()
  const { shape } = modelOf(compilation.panel)
  Y.applyUpdate(doc, createPanelUpdate({ panelId: 'p', source: SOURCE, shape }))
  const store = createPanelStore(doc)
  const items = (name: string): object[] => {
    const value = store.read(name)
    return Array.isArray(value) ? value : []
  }
  return { doc, store, items }
}

const bindTo = (root: '$state' | '$scope', ...steps: (string | number)[]) => ({
  kind: 'path' as const,
  root,
  steps,
})

const replaceTitle = (value: string) => [{ op: 'replace' as const, path: '/$state/tasks/0/title', value }]

test('[STU36] computed values follow what they read, and only that', () => {
  const { doc, store } = setUp()
  const twice = store.stamp(['twice'])
  const open = store.stamp(['open'])
  doc.getMap('state').set('count', 5)
  expect(store.read('twice')).toBe(10)
  expect(store.stamp(['twice'])).not.toBe(twice)
  expect(store.stamp(['open'])).toBe(open)
})

test('[STU37] a row that did not change is the same object', () => {
  const { doc, store, items } = setUp()
  const before = items('tasks')[1]
  writeBinding(
    { doc, store },
    bound(findBinding({ doc, store }, bindTo('$scope', 't', 'title'), { t: items('tasks')[0] })),
    'New',
  )
  expect(items('tasks')[0]).toMatchObject({ title: 'New' })
  expect(items('tasks')[1]).toBe(before)
})

test('[STU38] a row found through a filter is written where it lives', () => {
  const { doc, store, items } = setUp()
  const binding = findBinding({ doc, store }, bindTo('$scope', 't', 'done'), { t: items('open')[0] })
  writeBinding({ doc, store }, bound(binding), true)
  expect(items('open')).toEqual([])
  expect(items('tasks')).toMatchObject([
    { id: 'a', done: true },
    { id: 'b', done: true },
  ])
})

test('[STU63] a row found through a computed list stays bound after it has changed, and changed back', () => {
  const { doc, store, items } = setUp()
  const write = (title: string): void => {
    const binding = findBinding({ doc, store }, bindTo('$scope', 't', 'title'), { t: items('open')[0] })
    writeBinding({ doc, store }, bound(binding), title)
  }
  write('B')
  write('C')
  // Nobody looks at the list between these two.
  doc.transact(() => applyJsonPatch(doc, store.model(), replaceTitle('D')))
  doc.transact(() => applyJsonPatch(doc, store.model(), replaceTitle('C')))
  write('E')
  expect(items('open')).toEqual([{ id: 'a', title: 'E', done: false }])
  expect(items('open')[0]).toBe(items('tasks')[0])
})

test('[STU39] an object an expression made is bound to nothing', () => {
  const { doc, store } = setUp()
  expect(findBinding({ doc, store }, bindTo('$scope', 't', 'x'), { t: { x: 1 } }).kind).toBe('unbound')
})

test('[STU40] a local state never enters the document', () => {
  const { doc, store } = setUp()
  const before = Y.encodeStateVector(doc)
  writeBinding({ doc, store }, bound(findBinding({ doc, store }, bindTo('$state', 'draft'), {})), 'secret')
  expect(store.read('draft')).toBe('secret')
  expect(Y.encodeStateVector(doc)).toEqual(before)
})

test('[STU41] a tool that clears a draft does not swallow what was typed since', () => {
  const { store } = setUp()
  store.setLocal('draft', 'first')
  const writeLocal = store.beginLocalRun()
  store.setLocal('draft', 'second')
  writeLocal('draft', '')
  expect(store.read('draft')).toBe('second')
  store.beginLocalRun()('draft', '')
  expect(store.read('draft')).toBe('')
})

test('[STU42] while the source is broken the last version that worked goes on', () => {
  const { doc, store } = setUp()
  doc.getText('nxml').insert(5, '<<<')
  const definition = store.definition()
  expect(definition.kind).toBe('nxml')
  expect(
    definition.kind === 'nxml' && definition.diagnostics.some(({ severity }) => severity === 'error'),
  ).toBe(true)
  expect(store.read('twice')).toBe(4)
})

test('[STU43] an input bound to a text edits the text itself', () => {
  const { doc, store } = setUp()
  const binding = findBinding({ doc, store }, bindTo('$state', 'page'), {})
  expect(binding.kind === 'text' && binding.text.toString()).toBe('Hello')
})

function bound(binding: ReturnType<typeof findBinding>) {
  if (binding.kind !== 'value') throw new Error(`bound to ${binding.kind}`)
  return binding
}
