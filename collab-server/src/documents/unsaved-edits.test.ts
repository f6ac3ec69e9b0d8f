import { expect, test } from 'vitest'
import { createUnsavedEdits } from './unsaved-edits.ts'

const setUp = () => {
  const said: string[] = []
  const edits = createUnsavedEdits(() => said.push('all saved'))
  return { said, edits, ask: (name: string) => edits.whenSaved(() => said.push(name)) }
}

test('[COL1] who asks while nothing is unsaved is answered at once', () => {
  const { said, ask } = setUp()
  ask('a')
  expect(said).toEqual(['a'])
})

test('[COL1] who asks waits for every edit before, and for none after', () => {
  const { said, edits, ask } = setUp()
  const first = edits.begin()
  ask('a')
  const second = edits.begin()
  ask('b')
  edits.settle(first)
  expect(said).toEqual(['a'])
  edits.settle(second)
  expect(said).toEqual(['a', 'b', 'all saved'])
})

test('[COL1] an edit that is settled before an earlier one releases nobody', () => {
  const { said, edits, ask } = setUp()
  const first = edits.begin()
  const second = edits.begin()
  ask('a')
  edits.settle(second)
  expect(said).toEqual([])
  edits.settle(first)
  expect(said).toEqual(['a', 'all saved'])
})

test('[COL2] nobody is told anything about edits that are given up', () => {
  const { said, edits, ask } = setUp()
  const edit = edits.begin()
  ask('a')
  edits.abandon()
  edits.settle(edit)
  ask('b')
  expect(said).toEqual([])
})
