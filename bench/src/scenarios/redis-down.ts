import * as Y from 'yjs'
import { LeanClient } from '../clients/lean-client.ts'
import { readState } from '../clients/ledger.ts'
import { pause, rounded, together } from '../measure/rounds.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const OUTAGE_MS = 15_000
const EDITS_PER_NODE = 50
const EDIT_PAUSE_MS = 50
/** Everybody leaves this long before Redis is back. */
const LEAVE_BEFORE_MS = 3_000
const BAR_MS = 3_000

interface Round {
  /** From the last edit until both have all edits; `null`: not before Redis was back. */
  readonly equalAfterMs: number | null
  readonly acknowledged: number
  /** Acknowledged, and not there for one who comes back on either node. */
  readonly lost: number
}

async function measureOnce(side: Side): Promise<Round> {
  const document = await side.newDocument()
  const editors = await Promise.all(
    side.nodes.map(async ({ url }) => {
      const doc = new Y.Doc()
      return { doc, client: await LeanClient.open({ url, token: side.token, document, doc }) }
    }),
  )
  await editors[0]?.client.edit((state) => state.set('before', 1))
  await pause(1_000)
  await side.stopRedis()
  const downSince = performance.now()
  const leaveAt = downSince + OUTAGE_MS - LEAVE_BEFORE_MS
  const acknowledged = new Set<string>(['before'])
  for (let number = 0; number < EDITS_PER_NODE; number += 1) {
    for (const [index, { client }] of editors.entries()) {
      const key = `n${index}e${number}`
      void client
        .edit((state) => state.set(key, number))
        .then(
          () => acknowledged.add(key),
          () => undefined,
        )
    }
    await pause(EDIT_PAUSE_MS)
  }
  const expected = 1 + EDITS_PER_NODE * editors.length
  const areEqual = () => editors.every(({ doc }) => doc.getMap('state').size === expected)
  const lastEditAt = performance.now()
  while (!areEqual() && performance.now() < leaveAt) await pause(20)
  const equalAfterMs = areEqual() ? Math.round(performance.now() - lastEditAt) : null
  await pause(Math.max(0, leaveAt - performance.now()))
  const counted = [...acknowledged]
  await Promise.all(editors.map(({ client }) => client.close()))
  await pause(LEAVE_BEFORE_MS)
  await side.startRedis()
  await pause(4_000)
  const missing = new Set<string>()
  for (const { url } of side.nodes) {
    const state = await readState(side, document, url)
    for (const key of counted) if (!state.has(key)) missing.add(key)
  }
  return { equalAfterMs, acknowledged: counted.length, lost: missing.size }
}

async function measure(side: Side, rounds: number) {
  const runs: Round[] = []
  for (let round = 0; round < rounds; round += 1) runs.push(await measureOnce(side))
  const times = runs.flatMap(({ equalAfterMs }) => (equalAfterMs === null ? [] : [equalAfterMs]))
  return {
    roundCount: rounds,
    equalCount: times.length,
    slowestEqualMs: times.length === 0 ? null : rounded(Math.max(...times)),
    acknowledged: runs.reduce((sum, run) => sum + run.acknowledged, 0),
    lost: runs.reduce((sum, run) => sum + run.lost, 0),
    runs,
  }
}

/** Edits on both nodes while Redis is down. */
export async function benchRedisDown({ quick }: { readonly quick: boolean }): Promise<void> {
  const rounds = quick ? 1 : 4
  const { ours, peer } = await withSides({ nodes: 2 }, (sides) =>
    together(sides, (side) => measure(side, rounds)),
  )
  const { runs: ourRuns, ...ourFigures } = ours
  const { runs: peerRuns, ...peerFigures } = peer
  const isSoon = ours.slowestEqualMs !== null && ours.slowestEqualMs <= BAR_MS
  writeResult({
    name: 'redis-down',
    what: `${EDITS_PER_NODE} edits on each of two nodes while Redis is down for ${OUTAGE_MS / 1_000} s, until both have all; everybody leaves before Redis is back; then both nodes are read`,
    bar: `equal ≤ ${BAR_MS / 1_000} s after the last edit, every time, without Redis; 0 acknowledged edits gone`,
    isMet: ours.equalCount === rounds && isSoon && ours.lost === 0 && ours.acknowledged > 0,
    figures: { ours: ourFigures, peer: peerFigures, peerName: PEER_NAME },
    runs: [{ ours: ourRuns, peer: peerRuns }],
  })
}
