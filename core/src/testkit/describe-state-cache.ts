import { describe, expect, test, vi } from 'vitest'
import { toVersion } from '../model/version.ts'
import type { StateAtVersion, StateCache } from '../ports/state-cache.ts'
import { someDocument } from './builders.ts'

export const someState = (overrides: Partial<StateAtVersion> = {}): StateAtVersion => ({
  version: toVersion(7),
  updatedAt: new Date(1_790_000_000_123),
  json: '{"$state":{"text":"ä\\n{}"},"$computed":{}}',
  source: '<NexusPanel>\n</NexusPanel>',
  ...overrides,
})

interface OpenStateCache {
  /** Two ends of one cache; the same one twice where there is only one. */
  readonly here: StateCache
  readonly there: StateCache
  close(): Promise<void>
}

/** What every {@link StateCache} keeps to while nothing is lost. */
export function describeStateCache(name: string, open: () => Promise<OpenStateCache>): void {
  const withCache = async (use: (cache: OpenStateCache) => Promise<void>): Promise<void> => {
    const cache = await open()
    try {
      await use(cache)
    } finally {
      await cache.close()
    }
  }
  /** Putting does not wait. */
  const arrives = (
    { there }: OpenStateCache,
    document: ReturnType<typeof someDocument>['document'],
    state: StateAtVersion,
  ) => vi.waitFor(async () => expect(await there.get(document, state)).toEqual(state))

  describe(`state cache: ${name}`, () => {
    test.each([
      ['with a source', someState()],
      ['free-form', someState({ source: null, json: '{"$state":{},"$computed":{}}' })],
    ])('[CACHE1] what one puts (%s), another gets as it was', (_, state) =>
      withCache(async (cache) => {
        const { document } = someDocument()
        expect(await cache.there.get(document, state)).toBeNull()
        cache.here.put(document, state)
        await arrives(cache, document, state)
      }),
    )

    test('[CACHE2] asked for another version, or for another time of the same, it has nothing', () =>
      withCache(async (cache) => {
        const { document } = someDocument()
        const state = someState()
        cache.here.put(document, state)
        await arrives(cache, document, state)
        expect(await cache.there.get(document, { ...state, version: toVersion(8) })).toBeNull()
        expect(await cache.there.get(document, { ...state, version: toVersion(6) })).toBeNull()
        expect(
          await cache.there.get(document, { ...state, updatedAt: new Date(1_790_000_000_124) }),
        ).toBeNull()
        expect(await cache.there.get(someDocument().document, state)).toBeNull()
      }))

    test('[CACHE2] one state of a document is kept, the one put last', () =>
      withCache(async (cache) => {
        const { document } = someDocument()
        const [old, fresh] = [
          someState(),
          someState({ version: toVersion(8), json: '{"$state":{"n":8},"$computed":{}}' }),
        ]
        cache.here.put(document, old)
        await arrives(cache, document, old)
        cache.there.put(document, fresh)
        await vi.waitFor(async () => expect(await cache.here.get(document, fresh)).toEqual(fresh))
        expect(await cache.here.get(document, old)).toBeNull()
      }))
  })
}
