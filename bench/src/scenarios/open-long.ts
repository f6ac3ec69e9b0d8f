import * as Y from 'yjs'
import { LeanClient } from '../clients/lean-client.ts'
import { alternate, median, pause, rounded } from '../measure/rounds.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const EDITS = 100_000
const AT_ONCE = 500
/** A paragraph has this many characters; then the writer goes on somewhere else. */
const PARAGRAPH = 50
const DELETE_EVERY = 10
const BAR = { atMost: 1, goal: 0.5 }

/** Somebody types a long text: each character, and each deletion of one, is an edit of its own. */
async function writeLong(side: Side, document: string, edits: number): Promise<void> {
  const doc = new Y.Doc()
  const client = await LeanClient.open({ url: side.node.url, token: side.token, document, doc })
  const text = new Y.Text()
  await client.edit((state) => state.set('body', text))
  let position = 0
  for (let first = 0; first < edits; first += AT_ONCE) {
    const acks: Promise<void>[] = []
    for (let index = first; index < Math.min(edits, first + AT_ONCE); index += 1) {
      if (index % PARAGRAPH === 0) position = Math.floor((((index * 7919) % 9973) / 9973) * text.length)
      const isDeletion = index % DELETE_EVERY === DELETE_EVERY - 1
      acks.push(
        client.edit(() => {
          if (isDeletion) text.delete(position - 1, 1)
          else text.insert(position, String.fromCharCode(97 + (index % 26)))
        }),
      )
      position += isDeletion ? -1 : 1
    }
    await Promise.all(acks)
  }
  await client.close()
}

/** From connecting until the document is here, in ms. */
async function openingMs(side: Side, document: string) {
  const doc = new Y.Doc()
  const begin = performance.now()
  const client = new LeanClient({ url: side.node.url, token: side.token, document, doc })
  await client.synced
  const ms = performance.now() - begin
  const { openingBytes } = client
  await client.close()
  return { ms, openingBytes, chars: (doc.getMap('state').get('body') as Y.Text).length }
}

interface Documents {
  readonly long: string
  readonly short: string
}

/** The process is new, and has opened another document before: its start is not measured. */
async function openAfterRestart(side: Side, { long, short }: Documents) {
  await side.node.kill()
  await side.node.start()
  const other = await LeanClient.open({ url: side.node.url, token: side.token, document: short })
  await other.close()
  await pause(500)
  return openingMs(side, long)
}

/** The process runs, and nobody has had the document open for a while. */
async function openAfterUnloading(side: Side, { long }: Documents) {
  await pause(4_000)
  return openingMs(side, long)
}

export async function benchOpenLong({ quick }: { readonly quick: boolean }): Promise<void> {
  const [rounds, edits] = quick ? [2, 10_000] : [5, EDITS]
  await withSides({ nodes: 1 }, async (sides) => {
    const documents = new Map<Side, Documents>()
    await Promise.all(
      sides.map(async (side) => {
        const [long, short] = [await side.newDocument(), await side.newDocument()]
        await writeLong(side, long, edits)
        documents.set(side, { long, short })
      }),
    )
    // The peer stores some seconds later.
    await pause(12_000)
    const of = (side: Side): Documents => documents.get(side) ?? { long: '', short: '' }
    const restarted = await alternate(sides, rounds, (side) => openAfterRestart(side, of(side)))
    const unloaded = await alternate(sides, rounds, (side) => openAfterUnloading(side, of(side)))
    const figure = (runs: typeof restarted) => {
      const ours = rounded(median(runs.ours.map(({ ms }) => ms)))
      const peer = rounded(median(runs.peer.map(({ ms }) => ms)))
      return { ours, peer, ratio: rounded(ours / peer) }
    }
    const figures = { restartedMs: figure(restarted), unloadedMs: figure(unloaded) }
    const chars = new Set([...restarted.ours, ...restarted.peer].map((run) => run.chars))
    writeResult({
      name: 'open-long',
      what: `a document of ${edits} edits, opened cold until its text is in the client's document: in a restarted process, and in a running one that had unloaded it`,
      bar: `≤ ${BAR.atMost} × peer in both cases; goal ${BAR.goal}`,
      isMet:
        chars.size === 1 && figures.restartedMs.ratio <= BAR.atMost && figures.unloadedMs.ratio <= BAR.atMost,
      figures: { ...figures, isSameText: chars.size === 1, peerName: PEER_NAME },
      runs: [{ restarted, unloaded }],
    })
  })
}
