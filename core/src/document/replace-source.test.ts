import { expect, test } from 'vitest'
import { readSource } from './read-state.ts'
import { replaceSource } from './replace-source.ts'
import { newPanel, replicaOf, sync, updatesOf } from './sample-panels.ts'

test('[DOC84] a replaced source keeps what others typed into it at the same time', () => {
  const a = newPanel()
  const b = replicaOf(a)
  expect(replaceSource(a, '<NexusPanel title="T"/>')).toBe(true)
  b.getText('nxml').insert(0, '<!-- note -->\n')
  sync(a, b)
  expect(readSource(a)).toBe('<!-- note -->\n<NexusPanel title="T"/>')
  expect(updatesOf(a, () => expect(replaceSource(a, readSource(a) ?? '')).toBe(false))).toEqual([])
})
