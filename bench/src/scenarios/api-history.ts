import { createRandom } from '@nexus/core/testkit'
import {
  type ApiPanel,
  age,
  ask,
  newPanel,
  patch,
  SEED,
  tenKilobytes,
  withApis,
} from '../clients/api-panels.ts'
import { runAtPace } from '../pace.ts'
import { medianRun, type Series, toSeries, writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'

const RUNS = 3
const PER_SECOND = 20
const PAGE = 50
const BEHIND = 1_000

/** One request a time into the past of a panel; `draw` gives the number that makes it another request. */
interface Question {
  readonly name: string
  readonly what: string
  readonly barMs: number
  ask(url: string, panel: ApiPanel, draw: (limit: number) => number): Promise<unknown>
}

function questions(versions: number): readonly Question[] {
  let head = versions
  return [
    {
      name: 'api-history',
      what: `history of ${PAGE} with patches, from a random place of ${versions} versions`,
      barMs: 20,
      ask: (url, { path, token }, draw) =>
        ask(`${url}${path}/history?limit=${PAGE}&offset=${draw(versions - PAGE)}`, { token }),
    },
    {
      name: 'api-history-newest',
      what: `history of the newest ${PAGE} with patches, of ${versions} versions`,
      barMs: 20,
      ask: (url, { path, token }) => ask(`${url}${path}/history?limit=${PAGE}`, { token }),
    },
    {
      name: 'api-version',
      what: `GET of a random version of ${versions}, 10 kB`,
      barMs: 30,
      ask: (url, { path, token }, draw) => ask(`${url}${path}?version=${1 + draw(versions - 1)}`, { token }),
    },
    {
      name: 'api-stale-patch',
      what: `JSON Patch of one value against the version ${BEHIND} before the newest, of ${versions}`,
      barMs: 40,
      ask: async (url, panel, draw) => {
        const operation = { op: 'replace', path: `/$state/items/${draw(100)}/rank`, value: draw(1e6) }
        head = await patch(url, panel, [operation], head - BEHIND)
      },
    },
  ]
}

/** Reads and patches that look far back in a panel of 10,000 versions. */
export async function benchApiHistory({ quick }: RunOptions): Promise<void> {
  const versions = quick ? 2_000 : 10_000
  const count = quick ? 40 : 200
  await withApis(1, async (cluster) => {
    const [url = ''] = cluster.urls
    const panel = await newPanel(cluster, tenKilobytes())
    await age(url, panel, versions)
    const random = createRandom(SEED)
    for (const { name, what, barMs, ask: question } of questions(versions)) {
      const runs: Series[] = []
      for (let run = 0; run < RUNS; run += 1)
        runs.push(
          toSeries(
            await runAtPace({ perSecond: PER_SECOND, count }, () =>
              question(url, panel, random.below).then(() => {}),
            ),
          ),
        )
      const figures = medianRun(runs)
      writeResult({
        name,
        what: `${what}, ${PER_SECOND} requests/s`,
        bar: `p95 ≤ ${barMs} ms`,
        isMet: figures.p95 <= barMs,
        figures: { ...figures },
        runs,
      })
    }
  })
}
