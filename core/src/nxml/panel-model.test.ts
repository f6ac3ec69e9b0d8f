import { describe, expect, test } from 'vitest'
import { FREE_FORM_MODEL } from '../document/shape.ts'
import { isNexusError } from '../model/errors.ts'
import { parseDefault } from './defaults.ts'
import { compilePanel, panelModel } from './panel-model.ts'

const SOURCE = `<NexusPanel title="T">
  <Data>
    <State name="tasks" type="list" default='[{"key":"a","done":true}]' />
    <State name="lanes" type="list" />
    <State name="page" type="text" default="one&#13;&#10;two" />
    <State name="filter" scope="local" default="x" />
    <Computed name="percent" value="$state.total === 0 ? 0 : 100 * $state.done / $state.total" />
    <Computed name="done" value="$state.tasks.filter(t => t.done).length" />
    <Computed name="total" value="$state.tasks.length" />
    <Computed name="shown" value="$state.tasks.filter(t => t.key === $state.filter)" />
    <Computed name="broken" value="$state.tasks[9].title" />
    <Computed name="when" value="[new Date(0), 0 / 0, -0]" />
  </Data>
  <View>
    <Layout>
      <Text content="{$state.percent}{$state.broken}{$state.when}{$state.page}" />
      <Iterate items="{$state.lanes.map(l => ({ id: l }))}" as="lane" key="name"><Input bind="$state.filter" /></Iterate>
      <Iterate items="{$state.shown.slice(0, 9)}" as="task" key="key"><Text content="{$scope.task.key}" /></Iterate>
    </Layout>
  </View>
</NexusPanel>`

describe('the model of a panel', () => {
  test('[NXML30] names the declared states with scope, default and identity field', () => {
    const { shape } = panelModel(SOURCE)
    const states = shape.kind === 'declared' ? Object.fromEntries(shape.states) : {}
    expect(states).toMatchObject({
      tasks: { type: 'list', scope: 'shared', default: [{ key: 'a', done: true }], identityField: 'key' },
      lanes: { identityField: 'id' },
      page: { type: 'text', default: 'one\ntwo' },
      filter: { type: 'string', scope: 'local', default: 'x' },
    })
  })

  test('[NXML31] derives values in the order they need, without local ones and without those that have none', () => {
    const state = {
      tasks: [
        { key: 'a', done: true },
        { key: 'b', done: false },
      ],
      lanes: [],
      page: '',
    }
    expect(panelModel(SOURCE).computed(state)).toEqual({
      done: 1,
      total: 2,
      percent: 50,
      when: ['1970-01-01T00:00:00.000Z', null, 0],
    })
  })

  test('[NXML32] without a source a panel is free-form', () => {
    expect(panelModel(null)).toBe(FREE_FORM_MODEL)
    expect(panelModel('')).toBe(FREE_FORM_MODEL)
  })

  test('[NXML33] a broken source names its first error', () => {
    const broken = SOURCE.replace('</View>', '')
    try {
      panelModel(broken)
      expect.unreachable()
    } catch (error) {
      expect(isNexusError(error, 'invalid_nxml') && error.details).toMatchObject({ line: 21, column: 3 })
    }
  })

  test('[NXML34] the same text is compiled once', () => {
    expect(compilePanel(SOURCE)).toBe(compilePanel(SOURCE))
    expect(panelModel(SOURCE)).toBe(panelModel(SOURCE))
  })
})

describe('defaults', () => {
  test.each([
    ['string', ' x ', ' x '],
    ['text', 'a\r\nb\rc', 'a\nb\nc'],
    ['number', '', 0],
    ['number', ' -0.5 ', -0.5],
    ['number', '1e3', 1000],
    ['number', '+.5', 0.5],
    ['counter', '-3', -3],
    ['boolean', 'Yes', true],
    ['boolean', 'OFF', false],
    ['boolean', '', false],
    ['list', ' [1] ', [1]],
    ['object', '', {}],
  ] as const)('[NXML35] a %s reads %j as %j', (type, text, value) => {
    expect(parseDefault(text, type)).toEqual({ state: 'read', value })
  })

  test.each([
    ['number', '0x10'],
    ['number', '12 apples'],
    ['number', 'NaN'],
    ['number', '1e999'],
    ['number', '1.2.3'],
    ['counter', '1.5'],
    ['counter', '9007199254740992'],
    ['boolean', 'maybe'],
    ['list', 'a, b'],
    ['list', '{}'],
    ['list', '[1e999]'],
    ['list', '[{"__proto__":1}]'],
    ['list', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['list', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['object', 'null'],
    ['object', '[]'],
    ['string', 'x'.repeat(65_537)],
  ] as const)('[NXML36] a %s refuses %.40s', (type, text) => {
    expect(parseDefault(text, type)).toMatchObject({ state: 'refused' })
  })
})
