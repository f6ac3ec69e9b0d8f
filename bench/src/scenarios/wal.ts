import { openPostgres } from '@nexus/core/postgres'
import { sql } from 'kysely'
import { longText } from '../clients/big-documents.ts'
import { LeanClient } from '../clients/lean-client.ts'
import { Typist } from '../clients/typist.ts'
import { pause, rounded, together } from '../measure/rounds.ts'
import { runAtPace } from '../pace.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'
import { fill } from './cluster-visible.ts'

const SEED = 20_261_125
const CHARS = 2_000_000
/** Somebody who types slowly, which is where the peer's 155 kB come from, and somebody who never stops. */
const PACES = [1.3, 20]
const BAR = { bytes: 1_500, ofPeer: 0.01 }
/** The peer stores 2 s, at most 10 s after an edit; checkpoints of ours are written when the last client has left. */
const LATE_WRITES_MS = 15_000
const AUTOVACUUM_NAPTIME_MS = 65_000

async function walPosition(side: Side): Promise<number> {
  const { db, close } = await openPostgres({ url: side.databaseUrl, maxConnections: 1 })
  try {
    const { rows } = await sql<{ position: string }>`
      select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as position`.execute(db)
    return Number(rows[0]?.position)
  } finally {
    await close()
  }
}

/**
 * What a new PostgreSQL does once, in its first minutes: autovacuum looks at all tables of its own, in every database, and
 * each page it touches is written whole. No edit costs that.
 */
async function settle(side: Side): Promise<void> {
  for (const database of ['postgres', 'template1']) {
    const url = new URL(side.databaseUrl)
    url.pathname = `/${database}`
    const { db, close } = await openPostgres({ url: url.href, maxConnections: 1 })
    try {
      await sql`vacuum (analyze)`.execute(db)
    } finally {
      await close()
    }
  }
  await pause(AUTOVACUUM_NAPTIME_MS)
}

/** Small edits by one client, and what PostgreSQL wrote for them until everybody has left and all is quiet. */
async function measure(side: Side, perSecond: number, seconds: number) {
  const document = await side.newDocument()
  await fill(side, document, longText(CHARS, SEED))
  const typist = new Typist('w')
  const client = await LeanClient.open({ url: side.node.url, token: side.token, document })
  await client.send(typist.beginning())
  await pause(LATE_WRITES_MS)
  await settle(side)
  const before = await walPosition(side)
  const count = Math.round(perSecond * seconds)
  await runAtPace({ perSecond, count }, () => client.send(typist.type().update))
  await client.close()
  await pause(LATE_WRITES_MS)
  return { count, walBytesPerEdit: Math.round(((await walPosition(side)) - before) / count) }
}

/** WAL is counted, not timed, so both sides and both paces run at the same time, each on a PostgreSQL of its own. */
export async function benchWal({ quick }: { readonly quick: boolean }): Promise<void> {
  const seconds = quick ? 40 : 600
  const runs = await Promise.all(
    PACES.map((perSecond) =>
      withSides({ nodes: 1 }, async (sides) => ({
        perSecond,
        ...(await together(sides, (side) => measure(side, perSecond, seconds))),
      })),
    ),
  )
  const figures = runs.map(({ perSecond, ours, peer }) => ({
    perSecond,
    ours: ours.walBytesPerEdit,
    peer: peer.walBytesPerEdit,
    ratio: rounded(ours.walBytesPerEdit / peer.walBytesPerEdit, 4),
  }))
  const slow = figures[0]
  writeResult({
    name: 'wal',
    what: `WAL bytes per small edit on a document of ${CHARS} characters, ${seconds} s with checkpoints, at ${PACES.join(' and ')} edits/s, seed ${SEED}`,
    bar: `≤ ${BAR.bytes} bytes at every pace; ≤ 1/100 of the peer at ${PACES[0]} edits/s (the peer writes 10 kB per edit at 20 edits/s: a hundredth of that is less than a row of a log needs)`,
    isMet: slow !== undefined && slow.ratio <= BAR.ofPeer && figures.every(({ ours }) => ours <= BAR.bytes),
    figures: { paces: figures, peerName: PEER_NAME },
    runs,
  })
}
