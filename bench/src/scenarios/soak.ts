import { LeanClient } from '../clients/lean-client.ts'
import { cursorOf } from '../clients/presence.ts'
import { Typist } from '../clients/typist.ts'
import { COLLECTABLE, collectGarbage, residentKib } from '../measure/process-stats.ts'
import { redisStats } from '../measure/redis-stats.ts'
import { median, pause } from '../measure/rounds.ts'
import { writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'
import type { Side } from '../sides/index.ts'
import { startNexusSide } from '../sides/nexus.ts'

const NODES = 2
const DOCUMENTS = 150
/** Open at the same time; each stays for some edits and leaves, and somebody else comes. */
const VISITORS = 60
const EDITS_PER_VISIT = 20
const EDIT_PAUSE_MS = 20
const SAMPLES = 10
/** Last third against middle third: what grows without end grows by half in that time. */
const BAR_GROWTH = 1.1
/** Channels that belong to the process or the workspace, not to a document. */
const BAR_CHANNELS = 5

interface Sample {
  readonly atSeconds: number
  readonly residentMib: readonly number[]
  readonly redisKeys: number
  readonly redisChannels: number
}

interface Soak {
  readonly side: Side
  readonly documents: readonly string[]
  readonly isOver: () => boolean
}

/** One visit after another: a document nobody may have open is opened, edited and left. */
async function visit({ side, documents, isOver }: Soak, visitor: number): Promise<number> {
  let visits = 0
  while (!isOver()) {
    // Every document is visited again and again, most of the time by one person, sometimes by several.
    const document = documents[(visits * 37 + visitor * 11) % documents.length] ?? ''
    const url = side.nodes[(visits + visitor) % NODES]?.url ?? ''
    const client = await LeanClient.open({ url, token: side.token, document, presence: cursorOf(visitor) })
    const typist = new Typist(`v${visitor}.${visits}`)
    void client.send(typist.beginning())
    let lastAck: Promise<void> = Promise.resolve()
    for (let count = 0; count < EDITS_PER_VISIT && !isOver(); count += 1) {
      lastAck = client.send(typist.type().update)
      client.moveCursor()
      await pause(EDIT_PAUSE_MS)
    }
    await lastAck
    await client.close()
    visits += 1
  }
  return visits
}

async function takeSample(side: Side, begin: number): Promise<Sample> {
  for (const { pid } of side.nodes) await collectGarbage(pid)
  const redis = await redisStats(side.redisUrl)
  return {
    atSeconds: Math.round((performance.now() - begin) / 1_000),
    residentMib: side.nodes.map(({ pid }) => Math.round(residentKib(pid) / 1_024)),
    redisKeys: redis.keys,
    redisChannels: redis.channels,
  }
}

const memoryOf = (samples: readonly Sample[]): number =>
  median(samples.map(({ residentMib }) => residentMib.reduce((sum, mib) => sum + mib, 0)))

/** People come, work and leave for ten minutes: nothing may be left of them. */
export async function benchSoak({ quick }: RunOptions): Promise<void> {
  const seconds = quick ? 60 : 600
  const side = await startNexusSide({ nodes: NODES, env: COLLECTABLE })
  try {
    const documents = await Promise.all(Array.from({ length: DOCUMENTS }, () => side.newDocument()))
    // The API follows the panels it has just made; that is as it shall be.
    const { redisChannels: before } = await takeSample(side, performance.now())
    const begin = performance.now()
    const isOver = () => performance.now() - begin > seconds * 1_000
    const soak = { side, documents, isOver }
    const visiting = Promise.all(Array.from({ length: VISITORS }, (_, index) => visit(soak, index)))
    const samples: Sample[] = []
    for (let count = 1; count <= SAMPLES; count += 1) {
      await pause(Math.max(0, (seconds * 1_000 * count) / SAMPLES - (performance.now() - begin)))
      samples.push(await takeSample(side, begin))
    }
    const visits = (await visiting).reduce((sum, count) => sum + count, 0)
    // The last ones' documents are unloaded, and their channels left.
    await pause(15_000)
    const after = await takeSample(side, begin)
    const third = Math.floor(SAMPLES / 3)
    const growth = memoryOf(samples.slice(-third)) / memoryOf(samples.slice(third, -third))
    const last = samples.at(-1)
    writeResult({
      name: 'soak',
      what: `${VISITORS} people at a time come to ${DOCUMENTS} documents on ${NODES} nodes, edit and leave, ${seconds} s; memory after a collection`,
      bar: `memory of the last third ≤ ${BAR_GROWTH} × the middle third; no Redis keys; no channel of a document is left`,
      isMet:
        growth <= BAR_GROWTH &&
        samples.every(({ redisKeys }) => redisKeys === 0) &&
        after.redisChannels <= before + BAR_CHANNELS,
      figures: {
        visits,
        growth: Number(growth.toFixed(3)),
        residentMib: {
          middle: memoryOf(samples.slice(third, -third)),
          last: memoryOf(samples.slice(-third)),
        },
        redisChannels: { before, whileBusy: last?.redisChannels, after: after.redisChannels },
        redisKeys: after.redisKeys,
      },
      runs: [...samples, after],
    })
  } finally {
    await side.stop()
  }
}
