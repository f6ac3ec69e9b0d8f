import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createSqlUpdateLog, migrate } from '@nexus/core/sql'
import { freePort, startPostgres } from '@nexus/core/testkit'
import { afterEach, expect, test } from 'vitest'
import { startNode } from './testkit/test-node.ts'
import { withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()
const closings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
})

async function healthAt(url: string) {
  const { db, close } = await openPostgres({ url })
  closings.push(close)
  const node = await startNode({ db, log: createSqlUpdateLog(db), fanout: createMemoryFanout() })
  closings.push(() => node.kill())
  return { db, health: () => node.server.health() }
}

test('[COL113] a server that can reach its documents is ready', async () => {
  const node = await nodes.start()
  expect(await node.server.health()).toMatchObject({ ready: true, parts: { database: 'ok' } })
})

test('[COL113] a server that has never reached its database is not ready', async () => {
  const { health } = await healthAt(`postgres://postgres@127.0.0.1:${await freePort()}/postgres`)
  expect(await health()).toMatchObject({ ready: false, parts: { database: 'away' } })
})

test('[COL113] a server is not ready without tables, nor while the database hangs, and is with both', async () => {
  const postgres = await startPostgres()
  closings.push(() => postgres.stop())
  closings.push(async () => postgres.thaw())
  const { db, health } = await healthAt(postgres.url)
  expect(await health()).toMatchObject({ ready: false, parts: { database: 'has no tables yet' } })
  postgres.freeze()
  expect(await health()).toMatchObject({ ready: false, parts: { database: 'does not answer' } })
  postgres.thaw()
  await migrate(db)
  expect(await health()).toMatchObject({ ready: true, parts: { database: 'ok' } })
})
