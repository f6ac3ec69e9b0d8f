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
import { medianRun, type Series, toSeries, writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'

const RUNS = 5
/** Panels read before those that are measured. */
const WARM_UP = 50

interface Question {
  readonly name: string
  readonly what: string
  readonly perSecond: number
  readonly count: number
  readonly barMs: number
  ask(index: number): Promise<unknown>
}

async function measure({ name, what, perSecond, count, barMs, ask: act }: Question, before = async () => {}) {
  const runs: Series[] = []
  for (let run = 0; run < RUNS; run += 1) {
    await before()
    runs.push(
      toSeries(await runAtPace({ perSecond, count }, (index) => act(run * count + index).then(() => {}))),
    )
  }
  const figures = medianRun(runs)
  writeResult({
    name,
    what: `${what}, ${perSecond} requests/s`,
    bar: `p95 ≤ ${barMs} ms`,
    isMet: figures.p95 <= barMs,
    figures: { ...figures },
    runs,
  })
}

/** The answers to reads and writes of 10 kB panels, through HTTP with the access token checked; PostgreSQL and Redis. */
export async function benchApiState({ quick }: RunOptions): Promise<void> {
  const seconds = quick ? 1 : 5
  await withApis(1, async (cluster) => {
    const [url = ''] = cluster.urls
    const panels = await manyPanels(cluster, quick ? 100 : 300)
    const [panel] = panels
    if (panel === undefined) throw new Error('there is no panel')
    const random = createRandom(SEED)
    const read = (of: ApiPanel, wanted: 'hit' | 'miss') => async () => {
      const { headers } = await ask(`${url}${of.path}`, of)
      if (headers['x-cache'] !== wanted) throw new Error(`this read was to be a ${wanted}`)
    }
    await runAtPace({ perSecond: 500, count: 5_000 }, () => ask(`${url}${panel.path}`, panel).then(() => {}))
    await measure({
      name: 'api-get-cached',
      what: 'GET of a 10 kB panel that is at hand',
      perSecond: 500,
      count: 500 * seconds,
      barMs: 2,
      ask: read(panel, 'hit'),
    })
    await measureUncached(cluster, panels, seconds)
    await runAtPace({ perSecond: 50, count: 100 }, (index) =>
      patch(url, panel, [operationOf(index, random)]).then(() => {}),
    )
    await measure({
      name: 'api-patch',
      what: 'JSON Patch of one thing in a 10 kB panel, committed before the answer',
      perSecond: 100,
      count: 100 * seconds,
      barMs: 15,
      ask: (index) => patch(url, panel, [operationOf(index, random)]),
    })
    await measure({
      name: 'api-put',
      what: 'PUT of 10 kB in which every tenth item is another, committed before the answer',
      perSecond: 50,
      count: 50 * seconds,
      barMs: 20,
      ask: (index) =>
        ask(`${url}${panel.path}`, {
          ...panel,
          method: 'PUT',
          body: { state: { $state: changedTenth(index) } },
        }),
    })
  })
}

const changedTenth = (index: number) => ({
  items: tenKilobytes().items.map((item, at) => (at % 10 === index % 10 ? { ...item, rank: index } : item)),
})

function manyPanels(cluster: ApiCluster, count: number): Promise<ApiPanel[]> {
  return Promise.all(Array.from({ length: count }, (_, salt) => newPanel(cluster, tenKilobytes(salt))))
}

/** Each panel once, through a process that has seen none of them. */
async function measureUncached(cluster: ApiCluster, panels: readonly ApiPanel[], seconds: number) {
  const perSecond = 50
  const measured = panels.slice(WARM_UP)
  const count = Math.min(measured.length, 50 * seconds)
  let api = await cluster.startFresh()
  try {
    await measure(
      {
        name: 'api-get-uncached',
        what: 'GET of a 10 kB panel that is nowhere but in the database',
        perSecond,
        count,
        barMs: 15,
        ask: async (index) => {
          const panel = measured[index % count]
          if (panel === undefined) throw new Error('there are not enough panels')
          const { headers } = await ask(`${api.url}${panel.path}`, panel)
          if (headers['x-cache'] !== 'miss') throw new Error('this read was to be a miss')
        },
      },
      async () => {
        await api.kill()
        await cluster.emptyRedis()
        api = await cluster.startFresh()
        // Starting is another figure: connections are open and code is warm when a process has been up for a moment.
        for (const panel of panels.slice(0, WARM_UP)) await ask(`${api.url}${panel.path}`, panel)
      },
    )
  } finally {
    await api.kill()
  }
}
