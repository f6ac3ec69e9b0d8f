import { once } from 'node:events'
import { createRandom } from '@nexus/core/testkit'
import { WebSocket } from 'ws'
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

const RUNS = 3
const BAR_MS = 10
const SUBSCRIBERS = 10

/** When each subscriber got each version, `performance.now()`. */
type Arrivals = Map<number, number[]>

async function subscribe(
  url: string,
  cluster: ApiCluster,
  panel: ApiPanel,
  arrivals: Arrivals,
): Promise<WebSocket> {
  const { workspaceId, accessToken } = cluster.account
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/state/${workspaceId}?token=${accessToken}`)
  await once(socket, 'open')
  const isSynced = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const at = performance.now()
      const message = JSON.parse(String(data))
      if (message.type === 'state_sync') resolve()
      if (message.type === 'state_update')
        arrivals.set(message.version, [...(arrivals.get(message.version) ?? []), at])
    })
  })
  socket.send(JSON.stringify({ type: 'subscribe', panelId: panel.id }))
  await isSynced
  return socket
}

/** From the answer to a write until subscribers have it, who are connected to another process. */
export async function benchApiLive({ quick }: RunOptions): Promise<void> {
  await withApis(2, async (cluster) => {
    const [writer = '', other = ''] = cluster.urls
    const panel = await newPanel(cluster, tenKilobytes())
    const arrivals: Arrivals = new Map()
    const sockets = await Promise.all(
      Array.from({ length: SUBSCRIBERS }, () => subscribe(other, cluster, panel, arrivals)),
    )
    const random = createRandom(SEED)
    const runs: Series[] = []
    const count = quick ? 50 : 500
    let index = 0
    for (let run = 0; run <= RUNS; run += 1) {
      const answers = new Map<number, number>()
      await runAtPace({ perSecond: 50, count }, async () => {
        const version = await patch(writer, panel, [operationOf(index++, random)])
        answers.set(version, performance.now())
      })
      await ask(`${other}${panel.path}`, panel)
      while ([...answers.keys()].some((version) => arrivals.get(version)?.length !== SUBSCRIBERS))
        await new Promise((resolve) => setTimeout(resolve, 10))
      const delays = [...answers].flatMap(([version, at]) =>
        (arrivals.get(version) ?? []).map((arrival) => Math.max(0, arrival - at)),
      )
      // The first run warms both processes.
      if (run > 0) runs.push(toSeries(delays))
    }
    for (const socket of sockets) socket.close()
    const figures = medianRun(runs)
    writeResult({
      name: 'api-live',
      what: `from the answer to a JSON Patch until ${SUBSCRIBERS} WebSocket subscribers of another process have it, 50 patches/s`,
      bar: `p95 ≤ ${BAR_MS} ms`,
      isMet: figures.p95 <= BAR_MS,
      figures: { ...figures },
      runs,
    })
  })
}
