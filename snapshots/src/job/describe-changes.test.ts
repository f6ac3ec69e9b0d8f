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
