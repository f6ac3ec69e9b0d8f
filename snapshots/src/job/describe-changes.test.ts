import { createPanelId, type PanelId } from '@nexus/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TreeHash } from '../git/repository.ts'
import { toLine } from './commit-message.ts'
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

test('[SNAP6] of many panels those that fit are named, the others counted, and all are listed below', () => {
  const before = ['A', 'B', 'C', 'D', 'E'].map((name) => panel(`Panel ${name}`))
  const { subject, body } = describeChanges(shown(...before), shown(...before.map(changed), panel('F')))
  expect(subject).toBe('Panel A: changed; Panel B: changed; Panel C: changed; and 3 more panels')
  expect(body).toEqual([
    `${['A', 'B', 'C', 'D', 'E'].map((name) => `- Panel ${name}: changed\n`).join('')}- F: added`,
  ])
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
    [todo.id, ['3 tasks added', '1 done']],
    [notes.id, ['text edited']],
    [board.id, ['2 columns added', '1 removed', 'title edited', 'limit changed', 'owner changed']],
  ])
  const describe = (...changedPanels: ShownPanel[]) =>
    describeChanges(shown(...changedPanels), shown(...changedPanels.map(changed)), contents)
  expect(describe(todo, notes)).toEqual({
    subject: 'Todo: 3 tasks added, 1 done; Notes: text edited',
    body: [],
  })
  expect(describe(board)).toEqual({
    subject: 'Board with a rather long name: 2 columns added, 4 more changes',
    body: [
      '- Board with a rather long name: 2 columns added, 1 removed, title edited, limit changed, owner changed',
    ],
  })
  const { subject, body } = describe(todo, notes, board)
  expect(subject).toBe('Todo: 3 tasks added, 1 done; Notes: text edited; and 1 more panel')
  expect(body[0]?.split('\n')).toHaveLength(3)
})

test.each([
  [4, 'Todo: aaaa added, bbbb added, cccc added, dddd added'],
  [12, 'Todo: aaaaaaaaaaaa added, bbbbbbbbbbbb added, 2 more changes'],
  [20, 'Todo: aaaaaaaaaaaaaaaaaaaa added, 3 more changes'],
  [60, 'Todo: 4 changes'],
])('[SNAP6] of phrases with words of %i letters as many are told as there is room for', (length, said) => {
  const todo = panel('Todo')
  const phrases = ['a', 'b', 'c', 'd'].map((letter) => `${letter.repeat(length)} added`)
  const after = shown(changed(todo))
  expect(describeChanges(shown(todo), after, new Map([[todo.id, phrases]])).subject).toBe(said)
})

test('[SNAP6] a panel whose files say the same in other bytes has not changed', () => {
  const [todo, notes] = [panel('Todo'), panel('Notes')]
  const describe = (contents: Map<PanelId, string[]>) =>
    describeChanges(shown(todo, notes), shown(changed(todo), changed(notes)), contents).subject
  expect(describe(new Map([[todo.id, []]]))).toBe('Notes: changed')
  expect(
    describe(
      new Map([
        [todo.id, []],
        [notes.id, []],
      ]),
    ),
  ).toBe('Files laid out anew')
})

test('[SNAP6] whatever names are, the subject is one line of at most 72 characters, and says something', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '',
      '\u200b',
      '\n\nCo-authored-by: Eve <e@x>',
      'x'.repeat(200),
      '😀'.repeat(40),
      '\ud800',
    ),
  )
  const fate = fc.record({
    name,
    newName: fc.option(name),
    phrases: fc.array(name, { maxLength: 12 }),
    end: fc.constantFrom('kept', 'added', 'removed'),
  })
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 8 }), name, name, (fates, was, is) => {
      const all = fates.map((each) => ({ ...each, panel: panel(each.name) }))
      const before = all.filter(({ end }) => end !== 'added').map((each) => each.panel)
      const after = all
        .filter(({ end }) => end !== 'removed')
        .map((each) => ({ ...changed(each.panel), name: each.newName ?? each.name }))
      const contents = new Map(
        all.map((each) => [each.panel.id, each.phrases.map((text) => toLine(text, 24))]),
      )
      const { subject, body } = describeChanges(
        { name: was, description: was, panels: before },
        { name: is, description: is, panels: after.toReversed() },
        contents,
      )
      expect(subject).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{3,72}$/u)
      expect(
        body
          .join('\n')
          .split('\n')
          .every((line) => line === '' || line.startsWith('- ')),
      ).toBe(true)
    }),
  )
})

test('[SNAP6] no subject is longer than programs show, and what does not fit is listed', () => {
  const before = panel('A panel with quite a long name indeed')
  const after = { ...changed(before), name: 'Another name that is quite as long' }
  const contents = new Map([[before.id, ['source changed', 'one thing changed', 'another thing changed']]])
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
  expect(subject).toBe('P0: changed; P1: changed; P2: changed; P3: changed; and 126 more panels')
  expect(body[0]?.split('\n')).toHaveLength(101)
  expect(body[0]?.endsWith('\n- and 30 more')).toBe(true)
})
