import { Redis } from 'ioredis'
import type * as Y from 'yjs'
import { longTextWithDeletions } from '../clients/big-documents.ts'
import { closeAll, LeanClient } from '../clients/lean-client.ts'
import { Typist } from '../clients/typist.ts'
import { pause, rounded, together } from '../measure/rounds.ts'
import { runAtPace } from '../pace.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type Side, type SideName, withSides } from '../sides/index.ts'
import { fill } from './cluster-visible.ts'

const SEED = 20_261_125
const NODE_COUNTS = [2, 3, 5]
const BIG = { chars: 1_000_000, deletions: 6_600 }
const PER_SECOND = 10
const PULSES = 'nexus:pulses'
const BAR = { publishes: 1, extraBytes: 200 }

interface Traffic {
  publishes: number
  /** Channel and message, each publish once, however many listen. */
  bytes: number
  /** Our nodes' signs of life, which come with time and not with edits; in none of the other figures. */
  pulses: number
}

/** What is published on a Redis while `act` runs. */
async function trafficOf(redisUrl: string, act: () => Promise<void>): Promise<Traffic> {
  const redis = new Redis(redisUrl)
  const listener = new Redis(redisUrl)
  const traffic: Traffic = { publishes: 0, bytes: 0, pulses: 0 }
  listener.on('pmessageBuffer', (_pattern: unknown, channel: Buffer, message: Buffer) => {
    if (channel.toString() === PULSES) traffic.pulses += 1
    else {
      traffic.publishes += 1
      traffic.bytes += channel.byteLength + message.byteLength
    }
  })
  await listener.psubscribe('*')
  const calls = await publishCalls(redis)
  await act()
  // Whatever was published has been heard, but for signs of life in between.
  const published = (await publishCalls(redis)) - calls
  if (Math.abs(published - traffic.publishes - traffic.pulses) > NODE_COUNTS.length) {
    throw new Error(`${published} messages were published, ${JSON.stringify(traffic)} heard.`)
  }
  redis.disconnect()
  listener.disconnect()
  return traffic
}

async function publishCalls(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats')
  return [...stats.matchAll(/^cmdstat_s?publish:calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  )
}

async function measure(side: Side, nodeCount: number, content: Y.Doc | null, edits: number) {
  const document = await side.newDocument()
  if (content !== null) await fill(side, document, content)
  const nodes = side.nodes.slice(0, nodeCount)
  const clients = await Promise.all(
    nodes.map(({ url }) => LeanClient.open({ url, token: side.token, document })),
  )
  const typist = new Typist('w')
  const [writer] = clients
  if (writer === undefined) throw new Error('there is no node')
  await writer.send(typist.beginning())
  await pause(2_000)
  let updateBytes = 0
  const begin = performance.now()
  const { publishes, bytes, pulses } = await trafficOf(side.redisUrl, async () => {
    await runAtPace({ perSecond: PER_SECOND, count: edits }, async () => {
      const { update } = typist.type()
      updateBytes += update.byteLength
      await writer.send(update)
    })
    await pause(1_000)
  })
  const seconds = (performance.now() - begin) / 1_000
  await closeAll(clients)
  return {
    publishes: rounded(publishes / edits),
    pulsesPerSecond: rounded(pulses / seconds),
    bytes: Math.round(bytes / edits),
    bytesBesideUpdate: Math.round((bytes - updateBytes) / edits),
  }
}

/** What one edit costs in Redis, by number of nodes that have the document open. */
export async function benchRedisTraffic({ quick }: { readonly quick: boolean }): Promise<void> {
  const edits = quick ? 20 : 60
  const big = longTextWithDeletions(BIG.chars, BIG.deletions, SEED)
  const rows: Record<string, Record<SideName, Awaited<ReturnType<typeof measure>>>> = {}
  await withSides({ nodes: Math.max(...NODE_COUNTS) }, async (sides) => {
    for (const nodeCount of NODE_COUNTS) {
      const of = (content: Y.Doc | null) =>
        together(sides, (side) => measure(side, nodeCount, content, edits))
      rows[`${nodeCount} nodes`] = await of(null)
      rows[`${nodeCount} nodes, big`] = await of(big)
    }
  })
  writeResult({
    name: 'redis-traffic',
    what: `Redis publishes and bytes (channel and message) per edit of some 20 bytes, ${NODE_COUNTS.join(', ')} nodes; signs of life of the nodes are counted apart; big: ${BIG.chars} characters with ${BIG.deletions} deletions, seed ${SEED}`,
    bar: `${BAR.publishes} publish; ≤ update + ${BAR.extraBytes} bytes`,
    isMet: Object.values(rows).every(
      ({ ours }) => ours.publishes <= BAR.publishes && ours.bytesBesideUpdate <= BAR.extraBytes,
    ),
    figures: { ...rows, peerName: PEER_NAME },
    runs: [],
  })
}
