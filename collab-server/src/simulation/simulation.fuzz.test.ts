import './virtual-date.ts'
import { expect, test } from 'vitest'
import { keepRegression } from './regressions.ts'
import { search } from './search.ts'

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const path = process.env.FUZZ_PATH
const seconds = Number(process.env.FUZZ_SECONDS ?? 60)

const say = (text: string): void => void process.stdout.write(`${text}\n`)

test(`[SIM1, SIM2, SIM3, SIM4, SIM5] whatever happens, in quiet all is well (FUZZ_SEED=${seed})`, async () => {
  say(`simulation: ${seconds} s of plans; repeat with FUZZ_SEED=${seed} npm run fuzz -- simulation`)
  const { finding, ...total } = await search({
    seed,
    ...(path === undefined ? {} : { path }),
    mostPlans: Number.MAX_SAFE_INTEGER,
    withinMs: seconds * 1_000,
  })
  say(`simulation: ${JSON.stringify(total)}`)
  if (finding === null) {
    expect(total.planCount).toBeGreaterThan(0)
    return
  }
  const file = keepRegression(`seed-${seed}`, finding.plan, finding.problems)
  const command = `FUZZ_SEED=${seed} FUZZ_PATH=${finding.path} npm run fuzz -- simulation`
  expect.fail(
    [
      ...finding.problems,
      `Repeat with: ${command}`,
      `Kept in ${file.pathname.split('/').slice(-4).join('/')}, and run by npm test from now on.`,
      finding.trace,
    ].join('\n'),
  )
})
