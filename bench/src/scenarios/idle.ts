import { closeAll, openMany } from '../clients/lean-client.ts'
import { cursorOf } from '../clients/presence.ts'
import { COLLECTABLE, collectGarbage, cpuMs, residentKib } from '../measure/process-stats.ts'
import { median, pause, rounded } from '../measure/rounds.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type Side, type SideName, withSides } from '../sides/index.ts'

const CONNECTIONS = 2_000
const DOCUMENTS = 200
const BAR = { kib: 40, cpuShare: 0.06 }

async function measure(side: Side, seconds: number) {
  const { url, pid } = side.node
  const documents = await Promise.all(Array.from({ length: DOCUMENTS + 1 }, () => side.newDocument()))
  const toOptions = (index: number, document: string | undefined) => ({
    url,
    token: side.token,
    document: document ?? '',
    presence: cursorOf(index),
  })
  // Code that every server loads and compiles once is not the price of a connection.
  await closeAll(await openMany(100, (index) => toOptions(index, documents[DOCUMENTS])))
  await pause(3_000)
  await collectGarbage(pid)
  const baseKib = residentKib(pid)
  const clients = await openMany(CONNECTIONS, (index) => toOptions(index, documents[index % DOCUMENTS]))
  // Presence is repeated every 15 s: the first measured second is after the crowd of arrivals.
  await pause(5_000)
  const before = cpuMs(pid)
  const begin = performance.now()
  await pause(seconds * 1_000)
  const cpuShare = (cpuMs(pid) - before) / (performance.now() - begin)
  await collectGarbage(pid)
  const kib = (residentKib(pid) - baseKib) / CONNECTIONS
  const open = clients.filter(({ isOpen }) => isOpen).length
  await closeAll(clients)
  return { kibPerConnection: rounded(kib), cpuShare: rounded(cpuShare, 4), open }
}

/** Thousands of open tabs with nobody typing. */
export async function benchIdle({ quick }: { readonly quick: boolean }): Promise<void> {
  const [rounds, seconds] = quick ? [1, 20] : [2, 40]
  const runs: Record<SideName, Awaited<ReturnType<typeof measure>>[]> = { ours: [], peer: [] }
  // Fresh processes for each round: memory that was once used stays with its process.
  for (let round = 0; round < rounds; round += 1) {
    await withSides({ nodes: 1, env: COLLECTABLE }, async (sides) => {
      for (const side of sides) runs[side.name].push(await measure(side, seconds))
    })
  }
  const figures = (name: SideName) => ({
    kibPerConnection: median(runs[name].map((run) => run.kibPerConnection)),
    cpuShare: median(runs[name].map((run) => run.cpuShare)),
  })
  const ours = figures('ours')
  const areAllOpen = [...runs.ours, ...runs.peer].every(({ open }) => open === CONNECTIONS)
  writeResult({
    name: 'idle',
    what: `${CONNECTIONS} idle connections on ${DOCUMENTS} documents, everybody present (renewed every 15 s); resident memory after a collection; CPU over ${seconds} s`,
    bar: `≤ ${BAR.kib} KiB per connection; ≤ ${BAR.cpuShare * 100} % of a core for all`,
    isMet: areAllOpen && ours.kibPerConnection <= BAR.kib && ours.cpuShare <= BAR.cpuShare,
    figures: { ours, peer: figures('peer'), areAllOpen, peerName: PEER_NAME },
    runs: [runs],
  })
}
