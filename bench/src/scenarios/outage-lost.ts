import { openPostgres } from '@nexus/core/postgres'
import { sql } from 'kysely'
import { Ledger, startWriter } from '../clients/ledger.ts'
import { pause, together } from '../measure/rounds.ts'
import { writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const OUTAGE_MS = 10_000
/** The client writes on for this long, in some rounds until it leaves, and leaves in the middle of the outage. */
const WRITE_ON_MS = 1_000
const LEAVE_AFTER_MS = 6_000
const EDIT_PAUSE_MS = 20

/** Makes PostgreSQL refuse, or take again, every write of everybody, as a standby does in a failover. */
async function refuseWrites(databaseUrl: string, refuse: boolean): Promise<void> {
  const { db, close } = await openPostgres({ url: databaseUrl, maxConnections: 1 })
  try {
    await sql`set default_transaction_read_only = off`.execute(db)
    await sql.raw(`alter system set default_transaction_read_only = ${refuse ? 'on' : 'off'}`).execute(db)
    await sql`select pg_reload_conf()`.execute(db)
  } finally {
    await close()
  }
}

/** Writes, then PostgreSQL refuses, more is written, the only client leaves, PostgreSQL takes writes again. */
async function measure(side: Side, rounds: number, rests: boolean) {
  const ledger = new Ledger()
  let written = 0
  for (let round = 0; round < rounds; round += 1) {
    const document = await side.newDocument()
    const writer = await startWriter({
      side,
      url: side.node.url,
      document,
      prefix: `r${round}`,
      pauseMs: EDIT_PAUSE_MS,
      ledger,
    })
    await pause(500)
    await refuseWrites(side.databaseUrl, true)
    await pause(WRITE_ON_MS)
    if (rests) writer.rest()
    await pause(LEAVE_AFTER_MS - WRITE_ON_MS)
    await writer.stop()
    written += writer.writtenCount
    await pause(OUTAGE_MS - LEAVE_AFTER_MS)
    await refuseWrites(side.databaseUrl, false)
    await pause(4_000)
  }
  return { written, acknowledged: ledger.count, lost: await ledger.countLost(side) }
}

/** PostgreSQL refuses writes for a while and the last client leaves meanwhile. */
export async function benchOutageLost({ quick }: { readonly quick: boolean }): Promise<void> {
  const rounds = quick ? 1 : 3
  const of = (rests: boolean) =>
    withSides({ nodes: 1 }, (sides) => together(sides, (side) => measure(side, rounds, rests)))
  const [afterRest, whileWriting] = await Promise.all([of(true), of(false)])
  const ours = [afterRest.ours, whileWriting.ours]
  writeResult({
    name: 'outage-lost',
    what: `PostgreSQL refuses writes for ${OUTAGE_MS / 1_000} s; the only client writes on for ${WRITE_ON_MS / 1_000} s, or until it leaves ${LEAVE_AFTER_MS / 1_000} s into the outage; ${rounds} documents each`,
    bar: '0 acknowledged edits lost',
    isMet: ours.every(({ lost, acknowledged }) => lost === 0 && acknowledged > 0),
    figures: { leavesAfterARest: afterRest, leavesWhileWriting: whileWriting, peerName: PEER_NAME },
    runs: [],
  })
}
