import * as fc from 'fast-check'
import type { FanoutWeather } from './simulated-fanout.ts'
import type { StoreState } from './simulated-store.ts'

export const NODE_COUNT = 3
const MOST_EDITORS = 6

/** What somebody does, or what befalls them; editors are counted around. */
export type EditorDeed =
  | { readonly do: 'edit'; readonly editor: number; readonly count: number }
  | { readonly do: 'move'; readonly editor: number; readonly node: number }
  | {
      readonly do: 'cut'
      readonly editor: number
      readonly serverNotices: boolean
      readonly keepsSent: boolean
    }
  | { readonly do: 'goOffline' | 'goOnline' | 'reload'; readonly editor: number }

/** What befalls a node. */
export type NodeDeed =
  /** It dies in the attempt to do one thing more than `acts` in the world outside. */
  | { readonly do: 'kill'; readonly node: number; readonly acts: number }
  /** It ends as on SIGTERM. */
  | { readonly do: 'drain'; readonly node: number }
  | { readonly do: 'cutOff' | 'reconnect'; readonly node: number }

export type Deed =
  | EditorDeed
  | NodeDeed
  | { readonly do: 'store'; readonly state: StoreState }
  | { readonly do: 'fanout'; readonly weather: FanoutWeather }

export type Step = Deed & { readonly afterMs: number }

/** All that a run depends on; kept as JSON. */
export interface Plan {
  /** For everything that the steps do not say: delays, losses, which letter is typed where. */
  readonly seed: number
  readonly editorCount: number
  readonly documentCount: number
  readonly steps: readonly Step[]
}

const editor = fc.nat(MOST_EDITORS - 1)
const node = fc.nat(NODE_COUNT - 1)

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('edit' as const), editor, count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), editor, node }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('cut' as const),
      editor,
      serverNotices: fc.boolean(),
      keepsSent: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('goOffline' as const, 'goOnline' as const, 'goOnline' as const, 'reload' as const),
      editor,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), node, acts: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drain' as const), node }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      state: fc.constantFrom<StoreState[]>('up', 'slow', 'flaky', 'away'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fanout' as const),
      weather: fc.constantFrom<FanoutWeather[]>('calm', 'rough'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cutOff' as const, 'reconnect' as const), node }) },
)

const anyPause = fc.oneof(fc.constant(0), fc.nat(10), fc.nat(300), fc.nat(6_000))

const anyStep: fc.Arbitrary<Step> = fc
  .tuple(anyPause, anyDeed)
  .map(([afterMs, deed]) => ({ ...deed, afterMs }))

export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  editorCount: fc.integer({ min: 1, max: MOST_EDITORS }),
  documentCount: fc.integer({ min: 1, max: 2 }),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 60, size: 'max' }),
})
