import * as fc from 'fast-check'
import {
  type Deed,
  type FanoutWeather,
  MOST_EDITORS,
  NODE_COUNT,
  type Plan,
  type Step,
  type StoreState,
} from './plan.ts'

const editor = fc.nat(MOST_EDITORS - 1)
const node = fc.nat(NODE_COUNT - 1)
const does = <const Name extends string>(...names: Name[]): fc.Arbitrary<Name> => fc.constantFrom(...names)

const anyCut = fc.record({ do: does('cut'), editor, serverNotices: fc.boolean(), keepsSent: fc.boolean() })
const anyComing = fc.record({ do: does('goOffline', 'goOnline', 'goOnline', 'reload'), editor })
const anyStore = fc.record({ do: does('store'), state: does<StoreState>('up', 'slow', 'flaky', 'away') })
const anyFanout = fc.record({ do: does('fanout'), weather: does<FanoutWeather>('calm', 'rough') })

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: does('edit'), editor, count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: does('move'), editor, node }) },
  { weight: 2, arbitrary: anyCut },
  { weight: 4, arbitrary: anyComing },
  { weight: 2, arbitrary: fc.record({ do: does('kill'), node, acts: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: does('drain'), node }) },
  { weight: 3, arbitrary: fc.record({ do: does('cutOff', 'reconnect'), node }) },
  { weight: 3, arbitrary: anyStore },
  { weight: 1, arbitrary: anyFanout },
)

const anyPause = fc.oneof(fc.constant(0), fc.nat(10), fc.nat(300), fc.nat(6_000))

const anyStep: fc.Arbitrary<Step> = fc
  .tuple(anyPause, anyDeed)
  .map(([afterMs, deed]) => ({ ...deed, afterMs }))

/** Plans of all kinds; they shrink to fewer steps, shorter pauses and fewer people. */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  editorCount: fc.integer({ min: 1, max: MOST_EDITORS }),
  documentCount: fc.integer({ min: 1, max: 2 }),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 60, size: 'max' }),
})
