import * as Y from 'yjs'
import { closeAll, LeanClient, openMany } from '../clients/lean-client.ts'
import { cursorOf } from '../clients/presence.ts'
import { alternate, median, pause, rounded } from '../measure/rounds.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type ServerNode, type Side, withSides } from '../sides/index.ts'

const CLIENTS = 1_000
const DOCUMENTS = 100
/** Content of each document, characters. */
const CHARS = 5_000
const BAR = 1

interface Prepared {
  readonly document: string
  /** What everybody has of it when the kill falls. */
  readonly stateVector: Uint8Array
}

async function prepare(side: Side): Promise<Prepared[]> {
  const prepared: Prepared[] = []
  while (prepared.length < DOCUMENTS) {
    prepared.push(...(await Promise.all(Array.from({ length: 20 }, () => prepareOne(side)))))
  }
  await pause(5_000)
  return prepared
}

async function prepareOne(side: Side): Promise<Prepared> {
  const document = await side.newDocument()
  const doc = new Y.Doc()
  const client = await LeanClient.open({ url: side.node.url, token: side.token, document, doc })
  await client.edit((state) => state.set('body', new Y.Text('x'.repeat(CHARS))))
  await client.close()
  return { document, stateVector: Y.encodeStateVector(doc) }
}

/** Everybody is on one node; it is killed; everybody goes to the other one at once. */
async function measure(side: Side, prepared: readonly Prepared[], round: number): Promise<{ ms: number }> {
  const [from, to] = round % 2 === 0 ? side.nodes : side.nodes.toReversed()
  if (from === undefined || to === undefined) throw new Error('two nodes are needed')
  const toOptions = (node: ServerNode, index: number) => ({
    url: node.url,
    token: side.token,
    ...(prepared[index % DOCUMENTS] ?? { document: '' }),
    presence: cursorOf(index),
  })
  const clients = await openMany(CLIENTS, (index) => toOptions(from, index))
  await pause(3_000)
  const begin = performance.now()
  const again = clients.map(async (client, index) => {
    await client.closed
    return synced(toOptions(to, index))
  })
  await from.kill()
  const back = await Promise.all(again)
  const ms = performance.now() - begin
  await closeAll(back)
  await from.start()
  await pause(3_000)
  return { ms: rounded(ms) }
}

/** Tries until it works, as every client does. */
async function synced(options: ConstructorParameters<typeof LeanClient>[0]): Promise<LeanClient> {
  for (;;) {
    const client = new LeanClient(options)
    try {
      await client.synced
      return client
    } catch {
      await pause(100)
    }
  }
}

export async function benchReconnect({ quick }: { readonly quick: boolean }): Promise<void> {
  const rounds = quick ? 2 : 5
  await withSides({ nodes: 2 }, async (sides) => {
    const prepared = new Map<Side, Prepared[]>()
    await Promise.all(sides.map(async (side) => prepared.set(side, await prepare(side))))
    const runs = await alternate(sides, rounds, (side, round) =>
      measure(side, prepared.get(side) ?? [], round),
    )
    const ours = rounded(median(runs.ours.map(({ ms }) => ms)))
    const peer = rounded(median(runs.peer.map(({ ms }) => ms)))
    const ratio = rounded(ours / peer)
    writeResult({
      name: 'reconnect',
      what: `${CLIENTS} clients on ${DOCUMENTS} documents, from kill -9 of their node until all are synced with another one, which had none of the documents open`,
      bar: `≤ ${BAR} × peer`,
      isMet: ratio <= BAR,
      figures: { syncedMs: { ours, peer, ratio }, peerName: PEER_NAME },
      runs: [runs],
    })
  })
}
