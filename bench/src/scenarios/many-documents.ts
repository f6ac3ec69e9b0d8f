import { closeAll, openMany } from '../clients/lean-client.ts'
import { Typist } from '../clients/typist.ts'
import { cpuMs } from '../measure/process-stats.ts'
import { alternate, median, pause, rounded } from '../measure/rounds.ts'
import { runAtPace } from '../pace.ts'
import { toSeries, writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const DOCUMENTS = 500
const CLIENTS = DOCUMENTS * 2
const BAR = 1.1

/** Every client of a document types once a second. */
async function measure(side: Side, documents: readonly string[], seconds: number) {
  const { url, pid } = side.node
  const typists = Array.from({ length: CLIENTS }, (_, index) => new Typist(`w${index}`))
  const clients = await openMany(CLIENTS, (index) => ({
    url,
    token: side.token,
    document: documents[index % DOCUMENTS] ?? '',
  }))
  await Promise.all(clients.map((client, index) => client.send(typists[index]?.beginning() ?? nothing)))
  const edit = async (index: number): Promise<void> => {
    const update = typists[index % CLIENTS]?.type().update ?? nothing
    await clients[index % CLIENTS]?.send(update)
  }
  await runAtPace({ perSecond: CLIENTS, count: CLIENTS * 3 }, edit)
  const before = cpuMs(pid)
  const acks = await runAtPace({ perSecond: CLIENTS, count: CLIENTS * seconds }, edit)
  const cpu = cpuMs(pid) - before
  await closeAll(clients)
  await pause(3_000)
  return { cpuMs: cpu, acks: toSeries(acks) }
}

const nothing = Uint8Array.of(0, 0)

export async function benchManyDocuments({ quick }: { readonly quick: boolean }): Promise<void> {
  const [rounds, seconds] = quick ? [1, 10] : [3, 20]
  await withSides({ nodes: 1 }, async (sides) => {
    const documents = new Map<Side, string[]>()
    for (const side of sides) documents.set(side, await newDocuments(side))
    const runs = await alternate(sides, rounds, (side) => measure(side, documents.get(side) ?? [], seconds))
    const ours = median(runs.ours.map((run) => run.cpuMs))
    const peer = median(runs.peer.map((run) => run.cpuMs))
    const ratio = rounded(ours / peer)
    writeResult({
      name: 'many-documents',
      what: `${DOCUMENTS} documents with 2 clients each, 1 edit/s each, ${seconds} s; ours committed before each ack`,
      bar: `server CPU ≤ ${BAR} × peer`,
      isMet: ratio <= BAR,
      figures: {
        cpuMs: { ours, peer, ratio },
        ackP95Ms: {
          ours: median(runs.ours.map(({ acks }) => acks.p95)),
          peer: median(runs.peer.map(({ acks }) => acks.p95)),
        },
        peerName: PEER_NAME,
      },
      runs: [runs],
    })
  })
}

async function newDocuments(side: Side): Promise<string[]> {
  const names: string[] = []
  while (names.length < DOCUMENTS) {
    names.push(...(await Promise.all(Array.from({ length: 20 }, () => side.newDocument()))))
  }
  return names
}
