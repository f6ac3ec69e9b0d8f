import * as fc from 'fast-check'
import { anyPlan } from './any-plan.ts'
import type { Plan } from './plan.ts'
import { type RunCounts, runPlan } from './run-plan.ts'
import type { StoreFlaws } from './simulated-store.ts'

/** Plans of one seed; then comes the next seed. So the seed of a finding leads there again within seconds. */
const PLANS_PER_SEED = 20

interface SearchOptions {
  readonly seed: number
  readonly mostPlans: number
  /** No plan is begun after this long. */
  readonly withinMs: number
  /** Time to make a finding smaller, ms. */
  readonly shrinkMs: number
  readonly flaws?: StoreFlaws
}

/** A plan that ends badly, made as small as time allowed. */
interface Finding {
  readonly plan: Plan
  readonly problems: readonly string[]
  /** What happened in the run, its last lines. */
  readonly trace: string
  /** A search from this seed begins with the plans among which it was found. */
  readonly seed: number
}

interface SearchResult {
  readonly planCount: number
  /** Of all plans up to the finding. */
  readonly counts: RunCounts
  readonly finding: Finding | null
}

/** Runs one random plan after the other until one ends badly, then shrinks it. */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { mostPlans, flaws } = options
  const endsAt = Date.now() + options.withinMs
  let shrinkUntil: number | null = null
  let planCount = 0
  let counts = NOTHING
  const isOver = (): boolean =>
    shrinkUntil === null ? planCount >= mostPlans || Date.now() > endsAt : Date.now() > shrinkUntil
  const property = fc.asyncProperty(anyPlan, async (plan) => {
    // What is not run counts as well: neither is there another finding, nor does a smaller one replace the last.
    if (isOver()) return true
    const outcome = await runPlan(plan, flaws)
    if (shrinkUntil === null) {
      planCount += 1
      counts = sumOf(counts, outcome.counts)
      if (outcome.problems.length > 0) shrinkUntil = Date.now() + options.shrinkMs
    }
    return outcome.problems.length === 0
  })
  for (let { seed } = options; !isOver(); seed += 1) {
    const { counterexample } = await fc.check(property, { seed, numRuns: PLANS_PER_SEED })
    const [plan] = counterexample ?? []
    if (plan === undefined) continue
    const { problems, trace } = await runPlan(plan, flaws)
    return { planCount, counts, finding: { plan, problems, trace: trace.last(60), seed } }
  }
  return { planCount, counts, finding: null }
}

const NOTHING: RunCounts = {
  committedVersions: 0,
  emptyVersions: 0,
  needlessVersions: 0,
  checkpoints: 0,
  savedKeys: 0,
}

const sumOf = (one: RunCounts, other: RunCounts): RunCounts => ({
  committedVersions: one.committedVersions + other.committedVersions,
  emptyVersions: one.emptyVersions + other.emptyVersions,
  needlessVersions: one.needlessVersions + other.needlessVersions,
  checkpoints: one.checkpoints + other.checkpoints,
  savedKeys: one.savedKeys + other.savedKeys,
})
