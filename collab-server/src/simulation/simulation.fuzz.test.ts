import './virtual-date.ts'
import { expect, test } from 'vitest'
import { keepRegression } from './regressions.ts'
import { search } from './search.ts'

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const seconds = Number(process.env.FUZZ_SECONDS ?? 60)

const commandOf = (ofSeed: number): string => `FUZZ_SEED=${ofSeed} npm run fuzz -- simulation`
const say = (text: string): void => void process.stdout.write(`simulation: ${text}\n`)

test(`[SIM1, SIM2, SIM3, SIM4, SIM5] whatever happens, in quiet all is well (FUZZ_SEED=${seed})`, async () => {
  say(`${seconds} s of plans from seed ${seed}; repeat with ${commandOf(seed)}`)
  const { finding, ...total } = await search({
    seed,
    mostPlans: Number.POSITIVE_INFINITY,
    withinMs: seconds * 1_000,
    shrinkMs: 30_000,
  })
  say(JSON.stringify(total))
  if (finding !== null) {
    const file = keepRegression(`seed-${finding.seed}`, finding.plan, finding.problems)
    expect.fail(
      [
        ...finding.problems,
        `Repeat with: ${commandOf(finding.seed)}`,
        `Kept as ${file.pathname.split('/').slice(-5).join('/')}, which npm test runs from now on.`,
        finding.trace,
      ].join('\n'),
    )
  }
  expect(total.planCount).toBeGreaterThan(0)
})
