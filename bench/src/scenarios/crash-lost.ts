import { createRandom } from '@nexus/core/testkit'
import { Ledger, startWriter } from '../clients/ledger.ts'
import { pause, together } from '../measure/rounds.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const SEED = 20_261_125
const WRITERS = 20
const DOCUMENTS = 5
const EDIT_PAUSE_MS = 10
/** The kill falls this long after the writing began, ms. */
const KILL_AFTER_MS = { from: 300, span: 1_200 }

async function measure(side: Side, rounds: number) {
  const random = createRandom(SEED)
  const ledger = new Ledger()
  const documents = await Promise.all(Array.from({ length: DOCUMENTS }, () => side.newDocument()))
  for (let round = 0; round < rounds; round += 1) {
    const writers = await Promise.all(
      Array.from({ length: WRITERS }, (_, index) =>
        startWriter({
          side,
          url: side.node.url,
          document: documents[index % DOCUMENTS] ?? '',
          prefix: `r${round}w${index}`,
          pauseMs: EDIT_PAUSE_MS,
          ledger,
        }),
      ),
    )
    await pause(KILL_AFTER_MS.from + random.below(KILL_AFTER_MS.span))
    await side.node.kill()
    await Promise.all(writers.map((writer) => writer.stop()))
    await side.node.start()
  }
  return { acknowledged: ledger.count, lost: await ledger.countLost(side) }
}

/** kill -9 in the middle of writing, again and again; then somebody new looks for what was acknowledged. */
export async function benchCrashLost({ quick }: { readonly quick: boolean }): Promise<void> {
  const rounds = quick ? 3 : 20
  const figures = await withSides({ nodes: 1 }, (sides) => together(sides, (side) => measure(side, rounds)))
  writeResult({
    name: 'crash-lost',
    what: `kill -9 of the server while ${WRITERS} clients write into ${DOCUMENTS} documents, ${rounds} rounds, seed ${SEED}`,
    bar: '0 acknowledged edits lost',
    isMet: figures.ours.lost === 0 && figures.ours.acknowledged > 0,
    figures: { ...figures, peerName: PEER_NAME },
    runs: [],
  })
}
