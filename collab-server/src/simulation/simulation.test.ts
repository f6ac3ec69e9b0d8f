import './virtual-date.ts'
import * as fc from 'fast-check'
import { test } from 'vitest'
import { anyPlan } from './plan.ts'
import { runPlan } from './run-plan.ts'

test('probe', async () => {
  const plans = fc.sample(anyPlan, { seed: Number(process.env.SEED ?? 1), numRuns: Number(process.env.N ?? 20) })
  const start = Date.now()
  let bad = 0
  let rows = 0, empty = 0, keys = 0
  for (const plan of plans) {
    const outcome = await runPlan(plan)
    rows += outcome.committedVersions; empty += outcome.emptyVersions; keys += outcome.savedKeys
    if (outcome.problems.length > 0) {
      bad += 1
      if (bad < 4) console.log(plan.seed, outcome.problems, outcome.trace.last(Number(process.env.LINES ?? 0)))
    }
  }
  console.log(plans.length, 'plans', Date.now() - start, 'ms', bad, 'bad', { rows, empty, keys })
})
