import { expect, test } from 'vitest'
import { createStatementNames } from './preparing-client.ts'

test('[PGS8] a statement has a name of its own from its third use on', () => {
  const names = createStatementNames()
  expect(['a', 'b', 'a', 'a', 'a', 'b', 'b'].map(names)).toEqual([
    undefined,
    undefined,
    undefined,
    'nexus_1',
    'nexus_1',
    undefined,
    'nexus_2',
  ])
})

test('[PGS8] what is asked in hundreds of ways is not prepared in hundreds of ways', () => {
  const names = createStatementNames()
  for (let index = 0; index < 1_000; index += 1) names(`in (${index})`)
  const later = [1, 2, 3, 4].map(() => names('late'))
  expect(later).toEqual([undefined, undefined, undefined, undefined])
})
