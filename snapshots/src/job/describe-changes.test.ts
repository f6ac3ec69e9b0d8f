import { createPanelId } from '@nexus/core'
import { expect, test } from 'vitest'
import type { TreeHash } from '../git/repository.ts'
import { describeChanges, type Shown, type ShownPanel } from './describe-changes.ts'

const panel = (name: string, tree = '1'): ShownPanel => ({
  id: createPanelId(),
  name,
  tree: tree as TreeHash,
})
const changed = (before: ShownPanel): ShownPanel => ({ ...before, tree: '2' as TreeHash })
const shown = (...panels: ShownPanel[]): Shown => ({ name: 'Work', description: '', panels })

test('[SNAP6] a few panels are named with what happened to them', () => {
  const [todo, notes, old] = [panel('Todo'), panel('Notes'), panel('Old')]
  const after = shown(changed(todo), { ...notes, name: 'Diary' })
  expect(describeChanges(shown(todo, notes, old), after).subject).toBe(
    'Todo: changed; Diary: renamed from Notes; Old: removed',
  )
})

test('[SNAP6] many panels are counted in the subject and named below it', () => {
  const before = ['A', 'B', 'C', 'D'].map((name) => panel(name))
  const { subject, body } = describeChanges(shown(...before), shown(...before.map(changed), panel('E')))
  expect(subject).toBe('4 panels changed, 1 added')
  expect(body).toEqual(['- A: changed\n- B: changed\n- C: changed\n- D: changed\n- E: added'])
})

test('[SNAP6] changes of the workspace itself are said', () => {
  const [todo, notes] = [panel('Todo'), panel('Notes')]
  const after = { name: 'Home', description: 'x', panels: [notes, todo] }
  expect(describeChanges(shown(todo, notes), after).subject).toBe(
    'workspace renamed to Home; description changed; panels reordered',
  )
})

test('[SNAP6] the first commit counts its panels', () => {
  expect(describeChanges(null, shown(panel('A'))).subject).toBe('First snapshot: 1 panel')
})

test('[SNAP6] panels are named with what became of their content, as long as the line is short', () => {
  const [todo, notes, board] = [panel('Todo'), panel('Notes'), panel('Board with a rather long name')]
  const contents = new Map([
    [todo.id, '3 tasks added, 1 done'],
    [notes.id, 'text edited'],
    [board.id, '2 columns added, 1 removed, title edited'],
  ])
  const describe = (...changedPanels: ShownPanel[]) =>
    describeChanges(shown(...changedPanels), shown(...changedPanels.map(changed)), contents)
  expect(describe(todo, notes)).toEqual({
    subject: 'Todo: 3 tasks added, 1 done; Notes: text edited',
    body: [],
  })
  expect(describe(todo, notes, board)).toEqual({
    subject: 'Todo: changed; Notes: changed; Board with a rather long name: changed',
    body: [
      [
        '- Todo: 3 tasks added, 1 done',
        '- Notes: text edited',
        '- Board with a rather long name: 2 columns added, 1 removed, title edited',
      ].join('\n'),
    ],
  })
})

test('[SNAP6] no subject is longer than programs show, and what does not fit is listed', () => {
  const before = panel('A panel with quite a long name indeed')
  const after = { ...changed(before), name: 'Another name that is quite as long' }
  const contents = new Map([[before.id, 'source changed, one thing changed, another thing changed']])
  const whole = { name: 'A workspace with a long name', description: 'x' }
  for (const count of [1, 2, 500]) {
    const others = Array.from({ length: count - 1 }, (_, at) => panel(`P${at}`))
    const { subject, body } = describeChanges(
      shown(before, ...others),
      { ...whole, panels: [after, ...others.map(changed)] },
      contents,
    )
    expect(subject.length).toBeLessThanOrEqual(72)
    expect(body[0]).toContain('- workspace renamed to A workspace with a long name\n- description changed\n')
    expect(body[0]).toContain('one thing changed, another thing changed')
  }
})

test('[SNAP6] of very many panels the first hundred are listed', () => {
  const before = Array.from({ length: 130 }, (_, at) => panel(`P${at}`))
  const { subject, body } = describeChanges(shown(...before), shown(...before.map(changed)))
  expect(subject).toBe('130 panels changed')
  expect(body[0]?.split('\n')).toHaveLength(101)
  expect(body[0]?.endsWith('\n- and 30 more')).toBe(true)
})
