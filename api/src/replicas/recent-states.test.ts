import {
  createPanelId,
  createWorkspaceId,
  panelDocumentName,
  type StateAtVersion,
  toVersion,
} from '@nexus/core'
import { expect, test } from 'vitest'
import { createRecentStates } from './recent-states.ts'

const document = panelDocumentName(createWorkspaceId(), createPanelId())
const state = (version: number, chars: number): StateAtVersion => ({
  version: toVersion(version),
  json: 'x'.repeat(chars),
  source: null,
  updatedAt: new Date(0),
})

test('[REP9] cached states keep within their room; those not read for longest go first', () => {
  const cache = createRecentStates({ maxChars: 4_000 })
  for (const version of [1, 2, 3]) cache.put(document, state(version, 1_000))
  cache.get(document, toVersion(1))
  cache.put(document, state(4, 1_000))
  const kept = [1, 2, 3, 4].filter((version) => cache.get(document, toVersion(version)) !== null)
  expect(kept).toEqual([1, 3, 4])
})

test('[REP9] what is larger than all the room is not kept, and pushes nothing out', () => {
  const cache = createRecentStates({ maxChars: 4_000 })
  cache.put(document, state(1, 1_000))
  cache.put(document, state(2, 5_000))
  expect(cache.get(document, toVersion(1))).not.toBeNull()
  expect(cache.get(document, toVersion(2))).toBeNull()
})

test('[REP9] without any room nothing is kept', () => {
  const cache = createRecentStates({ maxChars: 0 })
  cache.put(document, state(1, 0))
  expect(cache.get(document, toVersion(1))).toBeNull()
  expect(cache).toMatchObject({ size: 0, chars: 0 })
})
