import { benchCrash } from './scenarios/crash.ts'
import { benchLive } from './scenarios/live.ts'
import { benchStart } from './scenarios/start.ts'
import { benchState } from './scenarios/state.ts'

const SCENARIOS = { live: benchLive, state: benchState, start: benchStart, crash: benchCrash }

const isScenario = (name: string): name is keyof typeof SCENARIOS => Object.hasOwn(SCENARIOS, name)

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !isScenario(name))
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}`)
  process.exitCode = 1
} else {
  for (const name of asked.length > 0
    ? asked.filter(isScenario)
    : (Object.keys(SCENARIOS) as (keyof typeof SCENARIOS)[])) {
    await SCENARIOS[name]()
  }
}
