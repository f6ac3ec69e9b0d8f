import { LeanClient } from '../clients/lean-client.ts'
import { Typist } from '../clients/typist.ts'
import { alternate, median, rounded } from '../measure/rounds.ts'
import { runAtPace } from '../pace.ts'
import { type Series, toSeries, writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const DOCUMENTS = 10
const PER_SECOND = 100
const BAR = { p50: 5, p95: 15 }

/** Where people edit. */
type Target = Pick<Side, 'token' | 'newDocument'> & { readonly node: { readonly url: string } }

/** @returns Times from an edit to its ack. */
export async function measureAcks(side: Target, seconds: number): Promise<Series> {
  const typists = Array.from({ length: DOCUMENTS }, () => new Typist('w'))
  const clients = await Promise.all(
    typists.map(async () =>
      LeanClient.open({ url: side.node.url, token: side.token, document: await side.newDocument() }),
    ),
  )
  await Promise.all(typists.map((typist, index) => clients[index]?.send(typist.beginning())))
  const edit = async (index: number): Promise<void> => {
    const typist = typists[index % DOCUMENTS]
    if (typist !== undefined) await clients[index % DOCUMENTS]?.send(typist.type().update)
  }
  await runAtPace({ perSecond: PER_SECOND, count: PER_SECOND * 2 }, edit)
  const times = await runAtPace({ perSecond: PER_SECOND, count: PER_SECOND * seconds }, edit)
  await Promise.all(clients.map((client) => client.close()))
  return toSeries(times)
}

/** From an edit to its ack: ours after the commit with fsync, the peer's from memory. */
export async function benchAckRate({ quick }: { readonly quick: boolean }): Promise<void> {
  const [rounds, seconds] = quick ? [2, 4] : [5, 8]
  await withSides({ nodes: 1 }, async (sides) => {
    const runs = await alternate(sides, rounds, (side) => measureAcks(side, seconds))
    const figure = (of: readonly Series[]) => ({
      p50: rounded(median(of.map(({ p50 }) => p50))),
      p95: rounded(median(of.map(({ p95 }) => p95))),
    })
    const ours = figure(runs.ours)
    writeResult({
      name: 'ack-rate',
      what: `${PER_SECOND} edits/s in all on ${DOCUMENTS} documents until each is acknowledged; ours is committed with fsync, the peer answers from memory`,
      bar: `p50 ≤ ${BAR.p50} ms, p95 ≤ ${BAR.p95} ms`,
      isMet: ours.p50 <= BAR.p50 && ours.p95 <= BAR.p95,
      figures: { ours, peer: figure(runs.peer), peerName: PEER_NAME },
      runs: [runs],
    })
  })
}
