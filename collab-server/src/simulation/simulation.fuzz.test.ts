import './virtual-date.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyPlan } from './plan.ts'
import { runPlan } from './run-plan.ts'

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const seconds = Number(process.env.FUZZ_SECONDS ?? 60)
const only = process.env.ONLY === undefined ? /./ : new RegExp(process.env.ONLY)
const not = process.env.NOT === undefined ? /^$/ : new RegExp(process.env.NOT)

test(`probe`, async () => {
  const seen = { plans: 0, rows: 0, empty: 0, keys: 0 }
  const kinds = new Map<string, number>()
  const details = await fc.check(
    fc.asyncProperty(anyPlan, async (plan) => {
      const o = await runPlan(plan)
      seen.plans += 1
      seen.rows += o.committedVersions; seen.empty += o.emptyVersions; seen.keys += o.savedKeys
      for (const p of o.problems) kinds.set(p.replace(/\d+(-\d+)?/g, '#'), (kinds.get(p.replace(/\d+(-\d+)?/g, '#')) ?? 0) + 1)
      const bad = o.problems.filter((p) => only.test(p) && !not.test(p))
      if (bad.length > 0 && process.env.SURVEY === undefined) throw new Error(bad.join('\n'))
    }),
    { seed, numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, endOnFailure: process.env.FIRST !== undefined },
  )
  console.log(seed, seen, kinds)
  if (details.failed && details.counterexample) {
    const [plan] = details.counterexample
    console.log(JSON.stringify(plan))
    const o = await runPlan(plan)
    console.log(o.problems, details.numRuns, details.numShrinks)
    console.log(o.trace.last(Number(process.env.LINES ?? 100)))
  }
  expect(details.failed && details.counterexample !== null).toBe(false)
})
