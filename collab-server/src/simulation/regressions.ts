import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { type Plan, planSchema } from './plan.ts'

const FOLDER = new URL('./regressions/', import.meta.url)

const regressionSchema = z.object({
  /** What was wrong when it was found. */
  problems: z.array(z.string()),
  plan: planSchema,
})

/** Plans that once ended badly, by the name of their file. */
export function readRegressions(): [name: string, plan: Plan][] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8')
      return [name, regressionSchema.parse(JSON.parse(text)).plan]
    })
}

/** Keeps a plan that ended badly, to be run by every `npm test` from now on. @returns Its file. */
export function keepRegression(name: string, plan: Plan, problems: readonly string[]): URL {
  const file = new URL(`${name}.json`, FOLDER)
  const { steps, ...rest } = plan
  const text = `{
  "problems": ${onOneLine(problems)},
  "plan": {
    ${onOneLine(rest).slice(2, -2)},
    "steps": [
${steps.map((step) => `      ${onOneLine(step)}`).join(',\n')}
    ]
  }
}
`
  writeFileSync(file, text)
  return file
}

const onOneLine = (value: unknown): string => JSON.stringify(value, null, 1).replace(/\n */g, ' ')
