import './virtual-date.ts'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { anyPlan } from './any-plan.ts'
import { readRegressions } from './regressions.ts'
import { runPlan } from './run-plan.ts'
import { search } from './search.ts'

vi.setConfig({ testTimeout: 120_000 })

const SEED = 1
const PATIENT = { withinMs: 60_000, shrinkMs: 10_000 }

describe('three nodes, many editors, one store', () => {
  test('[SIM1, SIM2, SIM3, SIM4, SIM5] whatever happens, in quiet all is well', async () => {
    const { finding, planCount } = await search({ seed: SEED, mostPlans: 30, ...PATIENT })
    expect(finding).toBeNull()
    expect(planCount).toBe(30)
  })

  test.each(readRegressions())('[SIM7] what was found once is well now: %s', async (_name, plan) => {
    const { problems } = await runPlan(plan)
    expect(problems).toEqual([])
  })
})

describe('the simulation itself', () => {
  test('[SIM6] the same plan is the same run, to the last message', async () => {
    for (const plan of fc.sample(anyPlan, { seed: SEED, numRuns: 5 })) {
      const [first, second] = [await runPlan(plan), await runPlan(plan)]
      expect(second.trace.text).toBe(first.trace.text)
    }
  })

  test('[SIM8] a store that says "committed" and keeps nothing is found, in a plan of few steps', async () => {
    const { finding } = await search({
      seed: SEED,
      mostPlans: 100,
      ...PATIENT,
      flaws: { forgetsEvery: 3 },
    })
    expect(finding?.problems.join()).toContain('not in the log')
    expect(finding?.plan.steps.length).toBeLessThan(10)
  })
})
