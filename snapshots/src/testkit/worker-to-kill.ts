import { createNodeId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createLogger } from '@nexus/core/server'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { createSnapshotWorker } from '../worker.ts'

/** Short, so that the next worker need not wait long for the claim of a killed one. */
const LEASE_MS = 300

/** A worker in a process of its own that commits without pause and says each step, until it is killed. */
async function main([url, gitDir]: readonly string[]): Promise<void> {
  if (url === undefined || gitDir === undefined)
    throw new Error('usage: worker-to-kill.ts <database url> <folder>')
  const { db } = await openPostgres({ url })
  const worker = await createSnapshotWorker({
    db,
    log: createSqlUpdateLog(db),
    fanout: createMemoryFanout(),
    nodeId: createNodeId(),
    options: { gitDir, leaseMs: LEASE_MS, retryPauseMs: 10 },
    logger: createLogger({ service: 'snapshots', level: 'silent' }),
    overrides: { onStep: (step) => void process.stdout.write(`${step}\n`) },
  })
  for (;;) await worker.commitChanged()
}

await main(process.argv.slice(2))
