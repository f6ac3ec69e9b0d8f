import { createFreeFormPanel, type NexusProcess, requestJson, signUp } from '@nexus/e2e/kit'
import { type DatabaseKind, withNexus } from '../databases.ts'
import { runAtPace } from '../pace.ts'
import { medianRun, toSeries, writeResult } from '../record.ts'

const RUNS = 3
const SECONDS = 5

/** About 10 kB of JSON: 100 items of 100 characters. */
const tenKilobytes = () => ({
  items: Array.from({ length: 100 }, (_, index) => ({
    id: `i${index}`,
    title: `Item number ${index} with a title`,
    done: index % 2 === 0,
    rank: index,
    note: 'some words about it',
  })),
})

interface Panel {
  readonly stateUrl: string
  readonly token: string
}

async function newPanel({ url }: NexusProcess): Promise<Panel> {
  const account = await signUp(url)
  const panelId = await createFreeFormPanel(url, account, tenKilobytes())
  return { stateUrl: `${url}/api/state/${account.workspaceId}/${panelId}`, token: account.accessToken }
}

async function readState({ stateUrl, token }: Panel): Promise<void> {
  const answer = await requestJson(stateUrl, { token })
  if (answer.status !== 200) throw new Error(`GET answered ${answer.status}`)
}

async function patchState({ stateUrl, token }: Panel, index: number): Promise<void> {
  const answer = await requestJson(stateUrl, {
    method: 'PATCH',
    token,
    headers: { 'content-type': 'application/json-patch+json' },
    body: [{ op: 'replace', path: `/$state/items/${index % 100}/rank`, value: 1000 + index }],
  })
  if (answer.status !== 200) throw new Error(`PATCH answered ${answer.status}`)
}

async function measure(database: DatabaseKind) {
  return withNexus(database, async (nexus) => {
    const panel = await newPanel(nexus)
    await runAtPace({ perSecond: 100, count: 200 }, () => readState(panel))
    await runAtPace({ perSecond: 50, count: 100 }, (index) => patchState(panel, index))
    const reads = []
    const patches = []
    for (let run = 0; run < RUNS; run += 1) {
      reads.push(toSeries(await runAtPace({ perSecond: 200, count: 200 * SECONDS }, () => readState(panel))))
      const first = (run + 1) * 10_000
      patches.push(
        toSeries(
          await runAtPace({ perSecond: 100, count: 100 * SECONDS }, (index) =>
            patchState(panel, first + index),
          ),
        ),
      )
    }
    return { reads, patches }
  })
}

/** GET of a 10 kB panel at 200 requests/s, and PATCH of one value at 100 requests/s. */
export async function benchState(): Promise<void> {
  const postgres = await measure('PostgreSQL')
  const pglite = await measure('PGlite')
  const reads = { postgres: medianRun(postgres.reads), pglite: medianRun(pglite.reads) }
  writeResult({
    name: 'state-get',
    what: 'GET of a 10 kB panel at 200 requests/s, open workload, through HTTP with the access token checked',
    bar: 'p95 ≤ 5 ms',
    isMet: reads.postgres.p95 <= 5 && reads.pglite.p95 <= 5,
    figures: reads,
    runs: [{ postgres: postgres.reads, pglite: pglite.reads }],
  })
  const patches = { postgres: medianRun(postgres.patches), pglite: medianRun(pglite.patches) }
  writeResult({
    name: 'state-patch',
    what: 'JSON Patch of one value of a 10 kB panel at 100 requests/s, committed before the answer',
    bar: 'p95 ≤ 25 ms',
    isMet: patches.postgres.p95 <= 25 && patches.pglite.p95 <= 25,
    figures: patches,
    runs: [{ postgres: postgres.patches, pglite: pglite.patches }],
  })
}
