import { createNodeId } from '@nexus/core'
import { createRedisFanout } from '@nexus/core/redis'
import { startRedis } from '@nexus/core/testkit'
import { afterAll, expect, test } from 'vitest'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()
const closings: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closings) await close()
})

test('[COL15] two servers go on without Redis, level by the log, and hear each other when it is back', async () => {
  const redis = await startRedis()
  const port = Number(new URL(redis.url).port)
  const open = () => {
    const fanout = createRedisFanout({ url: redis.url, nodeId: createNodeId() })
    closings.push(() => fanout.close())
    return nodes.start({ fanout, options: { COLLAB_HEAD_POLL_MS: 50 } })
  }
  const { document } = await nodes.panel()
  const [here, there] = [await open(), await open()]
  const alice = nodes.tab(here, 'alice').open(document)
  const bob = nodes.tab(there, 'bob').open(document)
  await until(() => isSaved(alice) && isSaved(bob))
  stateOf(alice).set('with', 'Redis')
  await until(() => stateOf(bob).get('with') === 'Redis')
  await redis.stop()
  stateOf(alice).set('without', 'Redis')
  await until(() => isSaved(alice) && stateOf(bob).get('without') === 'Redis')
  // Documents are opened without it, too.
  const other = await nodes.panel()
  const carol = nodes.tab(there, 'bob').open(other.document)
  await until(() => isSaved(carol))
  const again = await startRedis({ port })
  closings.push(() => again.stop())
  await until(async () => (await there.server.health()).parts.fanout === 'ok')
  alice.awareness?.setLocalStateField('user', { id: 'alice', name: 'alice' })
  await until(() => [...(bob.awareness?.getStates().values() ?? [])].some(({ user }) => user?.id === 'alice'))
  expect(await nodes.entriesOf(document)).toHaveLength(3)
}, 60_000)
