import { describe, expect, test } from 'vitest'
import type { Json } from '../../model/json.ts'
import { compileSource } from '../compile.ts'
import type { CompiledPanel, ViewNode } from '../compiled-panel.ts'
import { evaluateExpression } from '../expressions/evaluate.ts'
import { columnSpans } from './column-spans.ts'
import { evaluateProp } from './evaluate-prop.ts'
import { indexState, resolveBind } from './state-index.ts'
import { resolveTriggerArgs } from './trigger-args.ts'

const STATE: Record<string, Json> = {
  tasks: [
    { id: 'b', title: 'Bread', done: false },
    { id: 'a', title: 'Apples', done: true, parts: [{ n: 1 }] },
  ],
  lanes: { open: { items: [{ id: 'x' }] } },
  n: 3,
}

const panelWith = (view: string): CompiledPanel => {
  const compilation = compileSource(`<NexusPanel title="T">
  <Data>
    <State name="tasks" type="list" /><State name="lanes" type="object" /><State name="n" type="number" />
    <Computed name="ordered" value="$state.tasks.toSorted((x, y) => x.id.localeCompare(y.id))" />
  </Data>
  <Logic><Tool name="go"><Arg name="id" required="false" /><Arg name="value" required="false" /><Handler>return $args.id;</Handler></Tool>
    <Tool name="one"><Arg name="it" type="list" /><Handler>return $args.it;</Handler></Tool></Logic>
  <View><Layout>${view}</Layout></View>
</NexusPanel>`)
  if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
  return compilation.panel
}

const envOf = (panel: CompiledPanel, scope: Record<string, unknown> = {}) => {
  const state = (name: string): unknown => {
    const computed = panel.computed.find((value) => value.name === name)
    return computed === undefined ? STATE[name] : evaluateExpression(computed.expr, { state, scope: {} })
  }
  return { state, scope }
}

const firstNode = (panel: CompiledPanel): ViewNode => {
  const node = panel.view?.children[0]
  if (node === undefined) throw new Error('no component')
  return node
}

describe('props', () => {
  test.each([
    ['{$state.n}', 3],
    ['{$state.n} of {$state.tasks.length}', '3 of 2'],
    ["{'{'}a}", '{a}'],
    ['{null}', null],
    ['x{null}{undefined}', 'x'],
    ['x{[1, { a: 2 }]}', 'x[1,{"a":2}]'],
    ["x{new Date('2024-01-02T03:04')}", 'x2024-01-02T03:04:00.000Z'],
    ['{$state.n.a.b}', undefined],
  ])('[NXMLVIEW1] %s shows %j', (content, expected) => {
    const panel = panelWith(`<Text content="${content}" />`)
    const prop = firstNode(panel).props.content
    expect(prop === undefined ? 'missing' : evaluateProp(prop, envOf(panel))).toEqual(expected)
  })
})

describe('the layout', () => {
  const spell = (types: string[], width: number): string =>
    columnSpans(types, width)
      .places.map(({ row, column, span }) => `${row}:${column}+${span}`)
      .join(' ')

  test('[NXMLVIEW2] the example of the specification gives its table', () => {
    const types = 'Metric Metric Metric Metric Chart Chart Text Button Button Switch LogStream'.split(' ')
    expect(spell(types, 1200)).toBe('1:1+3 1:4+3 1:7+3 1:10+3 2:1+6 2:7+6 3:1+12 4:1+3 4:4+3 4:7+3 5:1+12')
    const five = 'Metric Metric Metric Metric Metric Chart Chart'.split(' ')
    expect(spell(five, 1024)).toBe('1:1+3 1:4+3 1:7+3 1:10+3 2:1+3 2:4+6 3:1+6')
  })

  test('[NXMLVIEW3] narrow panels have eight or four columns', () => {
    expect(spell(['Metric', 'Chart', 'Text', 'Nothing'], 700)).toBe('1:1+2 1:3+4 2:1+8 3:1+4')
    expect(spell(['Metric', 'Chart', 'Text'], 639)).toBe('1:1+2 2:1+4 3:1+4')
  })
})

describe('bound places', () => {
  const placesOf = (items: string, bind = '$scope.task.title'): unknown[] => {
    const panel = panelWith(
      `<Iterate items="{${items}}" as="task" key="id"><Input bind="${bind}" /></Iterate>`,
    )
    const loop = firstNode(panel)
    const path = loop.children[0]?.props.bind
    const list = loop.props.items
    if (path?.kind !== 'path' || list?.kind !== 'binding') throw new Error('not compiled')
    const index = indexState(STATE)
    const rows = evaluateExpression(list.expr, envOf(panel))
    return (rows as unknown[]).map((task) => resolveBind(path, { task }, index))
  }

  test.each([
    '$state.tasks.filter(t => t.done)',
    '$state.ordered.slice(0, 1)',
    '[...$state.tasks].reverse().slice(0, 1)',
    '$state.tasks.concat([]).filter(t => t.done)',
    '[$state.tasks.find(t => t.done)]',
    'Object.values($state.tasks).slice(1)',
  ])('[NXMLVIEW4] rows of %s lead back to their item', (items) => {
    expect(placesOf(items)).toEqual([['tasks', 1, 'title']])
  })

  test('[NXMLVIEW5] items inside items and objects have their place too', () => {
    expect(placesOf('$state.tasks.flatMap(t => t.parts ?? [])', '$scope.task.n')).toEqual([
      ['tasks', 1, 'parts', 0, 'n'],
    ])
    expect(placesOf('$state.lanes.open.items', "$scope.task['the id']")).toEqual([
      ['lanes', 'open', 'items', 0, 'the id'],
    ])
  })

  test.each(['$state.tasks.map(t => ({ ...t }))', "[{ title: 'x' }]", '[1, null]'])(
    '[NXMLVIEW6] rows of %s have no place',
    (items) => {
      expect(new Set(placesOf(items))).toEqual(new Set([null]))
    },
  )
})

describe('arguments of a trigger', () => {
  const argsOf = (attributes: string, newValue?: Json): unknown => {
    const panel = panelWith(
      `<Iterate items="{$state.tasks}" as="task" key="id"><Input bind="$scope.task.title" ${attributes} /></Iterate>`,
    )
    const trigger = firstNode(panel).children[0]?.trigger
    const tool = panel.tools.find(({ name }) => name === trigger?.tool)
    if (trigger === undefined || tool === undefined) throw new Error('not compiled')
    const env = envOf(panel, { task: { id: 't1' } })
    return resolveTriggerArgs(trigger, tool, newValue === undefined ? { env } : { env, newValue })
  }

  test.each([
    ['trigger="go" args="[$scope.task.id]"', { id: 't1' }],
    ['trigger="go" args="{ id: $scope.task.id, value: true, more: 1 }"', { id: 't1', value: true }],
    ['trigger="go" args="{[$scope.task.id]}"', { id: 't1' }],
    ['trigger="go" args="{{ id: $scope.task.id }}"', { id: 't1' }],
    ['trigger="one" args="{$state.tasks.map(t => t.id)}"', { it: ['b', 'a'] }],
    ['trigger="go"', {}],
  ])('[NXMLVIEW7] %s', (attributes, expected) => {
    expect(argsOf(attributes)).toEqual(expected)
  })

  test('[NXMLVIEW8] the new value goes to an argument called value that is not given', () => {
    expect(argsOf('trigger="go" args="[$scope.task.id]"', 'typed')).toEqual({ id: 't1', value: 'typed' })
    expect(argsOf('trigger="go" args="[$scope.task.id, 1]"', 'typed')).toEqual({ id: 't1', value: 1 })
  })
})
