import { expect, test } from 'vitest'
import { diffLines } from './diff-lines.ts'

test('[STU69] a diff is shown line by line, by what became of each', () => {
  const diff = '@@ -4,3 +4,3 @@ {\n   "a": 1,\n-  "b": 2\n+  "b": 3\n\\ No newline at end of file\n'
  expect(diffLines(diff)).toEqual([
    { kind: 'place', text: 'line 4' },
    { kind: 'same', text: '  "a": 1,' },
    { kind: 'removed', text: '  "b": 2' },
    { kind: 'added', text: '  "b": 3' },
  ])
  expect(diffLines('')).toEqual([])
  expect(diffLines('@@ -0,0 +1 @@\n+@@ x\n+\n')).toEqual([
    { kind: 'place', text: '' },
    { kind: 'added', text: '@@ x' },
    { kind: 'added', text: '' },
  ])
})
