import { startPostgres } from '@nexus/core/testkit'
import { createFreeFormPanel, type LiveEditor, openLiveEditor, signUp } from '@nexus/e2e/kit'
import { startHocuspocusPeer } from '../../peers/hocuspocus.ts'
import { withNexus } from '../databases.ts'
import { runAtPace } from '../pace.ts'
import { medianRun, type Series, toSeries, writeResult } from '../record.ts'

const EDITS = { perSecond: 50, count: 500 }
const WARM_UP = { perSecond: 50, count: 100 }
const RUNS = 3

interface Pair {
  readonly writer: LiveEditor
  readonly reader: LiveEditor
}

/** One edit of A at a time is marked with its number; the time until B holds that number. */
function seenTimes({ writer, reader }: Pair, round: string, pace = EDITS): Promise<number[]> {
  return runAtPace(pace, async (index) => {
    const seen = reader.whenState((state) => state.has(`${round}-${index}`))
    writer.state.set(`${round}-${index}`, index)
    await seen
  })
}

/** The time until everything edited so far is acknowledged; the next edit waits for nothing. */
function ackTimes({ writer }: Pair, round: string, pace = EDITS): Promise<number[]> {
  return runAtPace(pace, async (index) => {
    writer.state.set(`${round}-${index}`, index)
    await writer.whenSaved()
  })
}

interface Target {
  readonly url: string
  readonly token: string
  readonly document: string
}

async function measure(target: Target) {
  const writer = await openLiveEditor(target)
  const reader = await openLiveEditor(target)
  const pair = { writer, reader }
  const seen: Series[] = []
  const acks: Series[] = []
  await seenTimes(pair, 'warm', WARM_UP)
  for (let run = 0; run < RUNS; run += 1) {
    seen.push(toSeries(await seenTimes(pair, `seen${run}`)))
    acks.push(toSeries(await ackTimes(pair, `ack${run}`)))
  }
  writer.close()
  reader.close()
  return { seen, acks }
}

async function measureNexus(database: 'PGlite' | 'PostgreSQL') {
  return withNexus(database, async ({ url }) => {
    const account = await signUp(url)
    const panel = await createFreeFormPanel(url, account)
    return measure({ url, token: account.accessToken, document: `${account.workspaceId}/${panel}` })
  })
}

async function measurePeer() {
  const postgres = await startPostgres({ durable: true })
  const peer = await startHocuspocusPeer({ databaseUrl: postgres.url })
  try {
    return await measure({ url: peer.url, token: 'anyone', document: 'bench' })
  } finally {
    await peer.kill()
    await postgres.stop()
  }
}

/** Key press in A → visible in B, and edit → acknowledged, beside vanilla Hocuspocus in the same run. */
export async function benchLive(): Promise<void> {
  const peer = await measurePeer()
  const postgres = await measureNexus('PostgreSQL')
  const pglite = await measureNexus('PGlite')
  const figures = (pick: 'seen' | 'acks') => ({
    postgres: medianRun(postgres[pick]),
    pglite: medianRun(pglite[pick]),
    peer: medianRun(peer[pick]),
  })
  const seen = figures('seen')
  writeResult({
    name: 'live-visible',
    what: '50 edits/s by A on one document, same node, until the edit is in B’s document; 2 clients in one process',
    bar: 'p95 ≤ 15 ms',
    isMet: seen.postgres.p95 <= 15 && seen.pglite.p95 <= 15,
    figures: { ...seen, peerName: 'Hocuspocus 4.7 + extension-database (PostgreSQL)' },
    runs: [{ postgres: postgres.seen, pglite: pglite.seen, peer: peer.seen }],
  })
  const acks = figures('acks')
  writeResult({
    name: 'live-ack',
    what: '50 edits/s by A on one document until acknowledged; ours is committed with fsync, the peer answers from memory',
    bar: 'PostgreSQL p95 ≤ 25 ms',
    isMet: acks.postgres.p95 <= 25,
    figures: { ...acks, peerName: 'Hocuspocus 4.7 + extension-database (PostgreSQL)' },
    runs: [{ postgres: postgres.acks, pglite: pglite.acks, peer: peer.acks }],
  })
}
