import { type LiveEditor, openLiveEditor } from '@nexus/e2e/kit'
import * as Y from 'yjs'
import { longTextWithDeletions } from '../clients/big-documents.ts'
import { LeanClient } from '../clients/lean-client.ts'
import { alternate, median, pause, rounded } from '../measure/rounds.ts'
import { runAtPace } from '../pace.ts'
import { type Series, toSeries, writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const SEED = 20_261_125
const BIG = { chars: 1_000_000, deletions: 6_600 }
const PER_SECOND = 50

interface Pair {
  readonly writer: LiveEditor
  readonly reader: LiveEditor
}

/** Somebody on the first node and somebody on the second, in one document. */
async function openPair(side: Side, content: Y.Doc | null): Promise<Pair> {
  const document = await side.newDocument()
  if (content !== null) await fill(side, document, content)
  const [one, two] = side.nodes
  if (one === undefined || two === undefined) throw new Error('two nodes are needed')
  return {
    writer: await openLiveEditor({ url: one.url, token: side.token, document }),
    reader: await openLiveEditor({ url: two.url, token: side.token, document }),
  }
}

/** Resolves when the content is acknowledged. */
export async function fill(side: Side, document: string, content: Y.Doc): Promise<void> {
  const client = await LeanClient.open({ url: side.node.url, token: side.token, document })
  await client.send(Y.encodeStateAsUpdate(content))
  await pause(3_000)
  await client.close()
}

let marks = 0

/** From an edit of the writer until the reader's document holds it. */
async function seenTimes({ writer, reader }: Pair, seconds: number): Promise<Series> {
  const times = await runAtPace({ perSecond: PER_SECOND, count: PER_SECOND * seconds }, async () => {
    marks += 1
    const mark = `mark ${marks}`
    const seen = reader.whenState((state) => state.has(mark))
    writer.state.set(mark, 1)
    await seen
  })
  return toSeries(times)
}

interface Row {
  readonly name: string
  readonly what: string
  /** Times the peer's. */
  readonly bar: number
  readonly content: Y.Doc | null
}

async function benchRow(sides: readonly Side[], row: Row, rounds: number, seconds: number): Promise<void> {
  const pairs = new Map<Side, Pair>()
  for (const side of sides) {
    const pair = await openPair(side, row.content)
    await seenTimes(pair, 3)
    pairs.set(side, pair)
  }
  const runs = await alternate(sides, rounds, (side) => {
    const pair = pairs.get(side)
    if (pair === undefined) throw new Error('a pair is missing')
    return seenTimes(pair, seconds)
  })
  for (const { writer, reader } of pairs.values()) {
    writer.close()
    reader.close()
  }
  const figure = (of: readonly Series[]) => ({
    p50: rounded(median(of.map(({ p50 }) => p50))),
    p95: rounded(median(of.map(({ p95 }) => p95))),
  })
  const [ours, peer] = [figure(runs.ours), figure(runs.peer)]
  const ratio = { p50: rounded(ours.p50 / peer.p50), p95: rounded(ours.p95 / peer.p95) }
  writeResult({
    name: row.name,
    what: row.what,
    bar: `p50 and p95 ≤ ${row.bar} × peer`,
    isMet: ratio.p50 <= row.bar && ratio.p95 <= row.bar,
    figures: { ours, peer, ratio, peerName: PEER_NAME },
    runs: [runs],
  })
}

/** An edit on node 1 until it is visible on node 2; ours is committed on the way. */
export async function benchClusterVisible({ quick }: { readonly quick: boolean }): Promise<void> {
  const [rounds, seconds] = quick ? [2, 3] : [5, 5]
  await withSides({ nodes: 2 }, async (sides) => {
    const what = `${PER_SECOND} edits/s on node 1 until each is in a document of node 2`
    await benchRow(sides, { name: 'cluster-visible', what, bar: 1.2, content: null }, rounds, seconds)
    const big = {
      name: 'cluster-visible-big',
      what: `${what}; a document of ${BIG.chars} characters with ${BIG.deletions} deletions, seed ${SEED}`,
      bar: 0.2,
      content: longTextWithDeletions(BIG.chars, BIG.deletions, SEED),
    }
    await benchRow(sides, big, rounds, seconds)
  })
}
