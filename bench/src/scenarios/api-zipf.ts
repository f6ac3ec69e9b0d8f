import { createRandom } from '@nexus/core/testkit'
import {
  type ApiCluster,
  type ApiPanel,
  ask,
  newPanel,
  operationOf,
  patch,
  SEED,
  tenKilobytes,
  withApis,
} from '../clients/api-panels.ts'
import { runAtPace } from '../pace.ts'
import { writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'

const BAR = 0.95
const WRITES_PER_HUNDRED = 1
const PER_SECOND = 300
const AT_ONCE = 20

/** Draws index `n` of `count` with a probability proportional to `1 / (n + 1)`. */
function zipf(count: number, draw: (limit: number) => number): () => number {
  const sums: number[] = []
  let sum = 0
  for (let index = 0; index < count; index += 1) {
    sum += 1 / (index + 1)
    sums.push(sum)
  }
  return () => {
    const wanted = (draw(2 ** 30) / 2 ** 30) * sum
    return sums.findIndex((upTo) => wanted < upTo)
  }
}

async function newPanels(cluster: ApiCluster, count: number): Promise<ApiPanel[]> {
  const panels: ApiPanel[] = []
  while (panels.length < count)
    panels.push(
      ...(await Promise.all(
        Array.from({ length: AT_ONCE }, (_, salt) => newPanel(cluster, tenKilobytes(salt))),
      )),
    )
  return panels
}

/** How many of the reads of many panels, some of which are read much more often than others, find the state at hand. */
export async function benchApiZipf({ quick }: RunOptions): Promise<void> {
  await withApis(2, async (cluster) => {
    const panels = await newPanels(cluster, quick ? 200 : 1_000)
    const random = createRandom(SEED)
    const draw = zipf(panels.length, random.below)
    const mix = async (count: number) => {
      const seen = { hit: 0, miss: 0, writes: 0 }
      await runAtPace({ perSecond: PER_SECOND, count }, async (index) => {
        const panel = panels[draw()]
        const url = random.pick(cluster.urls)
        if (panel === undefined) throw new Error('the draw is out of range')
        if (random.below(100) < WRITES_PER_HUNDRED) {
          seen.writes += 1
          await patch(url, panel, [operationOf(index % 4, random)])
          return
        }
        const { headers } = await ask(`${url}${panel.path}`, panel)
        seen[headers['x-cache'] === 'hit' ? 'hit' : 'miss'] += 1
      })
      return { ...seen, hitRate: Math.round((seen.hit / (seen.hit + seen.miss)) * 10_000) / 10_000 }
    }
    const cold = await mix(PER_SECOND * (quick ? 5 : 20))
    const runs = [await mix(PER_SECOND * (quick ? 5 : 20)), await mix(PER_SECOND * (quick ? 5 : 20))]
    const figures = { panels: panels.length, cold, hitRate: Math.min(...runs.map(({ hitRate }) => hitRate)) }
    writeResult({
      name: 'api-zipf',
      what: `reads of ${panels.length} panels of 10 kB by Zipf's law (s = 1) with ${WRITES_PER_HUNDRED} % writes, each by any of two processes: share of hits`,
      bar: `more than ${BAR * 100} %, in the worse of two runs after the first 20 s`,
      isMet: figures.hitRate > BAR,
      figures,
      runs,
    })
  })
}
