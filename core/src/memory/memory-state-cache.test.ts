import { expect, test } from 'vitest'
import { someDocument } from '../testkit/builders.ts'
import { describeStateCache, someState } from '../testkit/describe-state-cache.ts'
import { createMemoryStateCache } from './memory-state-cache.ts'

describeStateCache('memory', async () => {
  const cache = createMemoryStateCache()
  return { here: cache, there: cache, close: () => cache.close() }
})

test('[CACHE1] closed, it has nothing and takes nothing', async () => {
  const cache = createMemoryStateCache()
  const { document } = someDocument()
  cache.put(document, someState())
  await cache.close()
  expect(await cache.get(document, someState())).toBeNull()
  cache.put(document, someState())
  expect(await cache.get(document, someState())).toBeNull()
})
