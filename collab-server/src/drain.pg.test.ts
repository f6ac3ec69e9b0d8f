import { expect, test } from 'vitest'
import { withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()
/** Those that keep a process alive. */
const timerCount = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

test('[COL114] a server without clients is drained at once and nothing of it keeps the process', async () => {
  const node = await nodes.start()
  const before = timerCount()
  await node.server.drain()
  expect(timerCount()).toBe(before)
})
