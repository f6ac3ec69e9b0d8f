import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createNodeId } from '../model/ids.ts'
import { createRedisFanout } from '../redis/redis-fanout.ts'
import { slotOf } from '../redis/slots.ts'
import { createSqlUpdateLog } from '../sql/sql-update-log.ts'
import { someDocument, someUpdate } from '../testkit/builders.ts'
import { freePort } from '../testkit/free-port.ts'
import { startRedis } from '../testkit/start-redis.ts'
import { startRedisCluster } from '../testkit/start-redis-cluster.ts'
import { withTestDatabase } from '../testkit/test-database.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { createAppendQueue } from './append-queue.ts'
import { followDocument } from './follow-document.ts'
import { createHeadWatch } from './head-watch.ts'

const database = withTestDatabase()

/** A server as far as the log is concerned: a live document, a queue, a fan-out. */
async function createNode(document: DocumentName, redisUrl: string) {
  const nodeId = createNodeId()
  const log = createSqlUpdateLog(database.db)
  const fanout = createRedisFanout({ url: redisUrl, nodeId })
  const queue = createAppendQueue({ log, fanout, nodeId })
  const headWatch = createHeadWatch({ log, fanout, intervalMs: 100 })
  const doc = new Y.Doc()
  const apply = (updates: readonly { update: Uint8Array }[]) => {
    for (const { update } of updates) Y.applyUpdate(doc, update, 'log')
  }
  const follower = await followDocument({ log, fanout, document, headWatch, apply })
  apply(follower.record.tail)
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === 'log') return
    void queue.append({ document, updates: [someUpdate({ update })] }).then((outcome) => {
      if (outcome.state === 'appended') follower.noteOwn(outcome.fromVersion, outcome.toVersion)
    })
  })
  return {
    doc,
    fanout,
    follower,
    queue,
    edit: (key: string) => void doc.getMap('state').set(key, key),
    async close() {
      follower.stop()
      headWatch.stop()
      await queue.close()
      await fanout.close()
    },
  }
}

type Node = Awaited<ReturnType<typeof createNode>>

let document: DocumentName
let nodes: Node[] = []

async function openNodes(redisUrl: string): Promise<[Node, Node]> {
  const [one, two] = [await createNode(document, redisUrl), await createNode(document, redisUrl)]
  nodes = [one, two]
  return [one, two]
}

beforeEach(async () => {
  const created = someDocument()
  document = created.document
  await createSqlUpdateLog(database.db).create([created])
})
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()))
})

async function converged(keys: number): Promise<void> {
  await Promise.all(nodes.map(({ queue }) => queue.idle()))
  await vi.waitFor(
    () => {
      for (const { doc } of nodes) expect(doc.getMap('state').size).toBe(keys)
      const [one, two] = nodes.map(({ follower }) => follower.version)
      expect(one).toBe(two)
    },
    { timeout: 10_000 },
  )
  const [one, two] = nodes.map(({ doc }) => doc.getMap('state').toJSON())
  expect(one).toEqual(two)
}

/** Waits for the log, so that edits are spread over many commits. */
const committed = (node: Node): Promise<void> => node.queue.idle()

describe('two nodes', () => {
  test('[FOL14] edits made on both at once converge', async () => {
    const [one, two] = await openNodes(inject('redisUrl'))
    for (let round = 0; round < 40; round += 1) {
      one.edit(`one-${round}`)
      two.edit(`two-${round}`)
      if (round % 3 === 0) await committed(one)
    }
    // `key` is in the first update of every test document.
    await converged(81)
  })

  test('[FOL15] they converge while Redis cuts the subscribers off again and again', async () => {
    const redis = await startRedis()
    const admin = new Redis(redis.url)
    const [one, two] = await openNodes(redis.url)
    for (let round = 0; round < 60; round += 1) {
      one.edit(`one-${round}`)
      two.edit(`two-${round}`)
      await committed(one)
      if (round % 15 === 5) await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    }
    await converged(121)
    admin.disconnect()
    await Promise.all(nodes.map((node) => node.close()))
    await redis.stop()
  })

  test('[FOL17] they converge on a cluster while one of its servers dies and comes back', async () => {
    const cluster = await startRedisCluster()
    const [one, two] = await openNodes(cluster.url)
    await vi.waitFor(() => expect(nodes.every(({ fanout }) => fanout.isHealthy())).toBe(true), {
      timeout: 10_000,
    })
    const owner = await cluster.ownerOf(slotOf(`nexus:updates:{${document}}`))
    for (let round = 0; round < 30; round += 1) {
      one.edit(`one-${round}`)
      two.edit(`two-${round}`)
      await committed(one)
      if (round === 10) await owner.kill()
      if (round === 20) await owner.restart()
    }
    await converged(61)
    await Promise.all(nodes.map((node) => node.close()))
    await cluster.stop()
  })

  test('[FOL16] without Redis they converge by the log alone', async () => {
    const [one, two] = await openNodes(`redis://127.0.0.1:${await freePort()}`)
    for (let round = 0; round < 10; round += 1) {
      one.edit(`one-${round}`)
      await committed(one)
      two.edit(`two-${round}`)
    }
    await converged(21)
  })
})
