import * as fc from 'fast-check'
import { anyPlan } from './any-plan.ts'
import type { Plan } from './plan.ts'
import { type RunCounts, runPlan } from './run-plan.ts'
import type { StoreFlaws } from './simulated-store.ts'

interface SearchOptions {
  readonly seed: number
  /** Begins, and ends, with the plan at this place of the search; as in {@link Finding}. */
  readonly path?: string
  readonly mostPlans: number
  /** No plan is begun after this long. */
  readonly withinMs: number
  readonly flaws?: StoreFlaws
}

/** A plan that ends badly, made as small as it gets. */
export interface Finding {
  readonly plan: Plan
  readonly problems: readonly string[]
  /** What happened in the run, its last lines. */
  readonly trace: string
  /** Where it stands in the search, for {@link SearchOptions}. */
  readonly path: string
}

export interface SearchResult {
  readonly planCount: number
  /** Of all plans up to the finding. */
  readonly counts: RunCounts
  readonly finding: Finding | null
}

/** Runs one random plan after the other until one ends badly, then shrinks it. */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { seed, path, mostPlans, withinMs, flaws } = options
  let planCount = 0
  let counts = NOTHING
  let hasFound = false
  const property = fc.asyncProperty(anyPlan, async (plan) => {
    const outcome = await runPlan(plan, flaws)
    if (!hasFound) {
      planCount += 1
      counts = sumOf(counts, outcome.counts)
    }
    hasFound ||= outcome.problems.length > 0
    return outcome.problems.length === 0
  })
  const details = await fc.check(property, {
    seed,
    ...(path === undefined ? { numRuns: mostPlans } : { path, numRuns: 1 }),
    interruptAfterTimeLimit: withinMs,
  })
  const [plan] = details.counterexample ?? []
  if (plan === undefined) {
    if (details.errorInstance !== null) throw details.errorInstance
    return { planCount, counts, finding: null }
  }
  const { problems, trace } = await runPlan(plan, flaws)
  const finding = { plan, problems, trace: trace.last(60), path: details.counterexamplePath ?? '' }
  return { planCount, counts, finding }
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
