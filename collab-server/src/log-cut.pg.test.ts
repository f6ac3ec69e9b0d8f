import { toVersion } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { expect, test } from 'vitest'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

test('[COL115] when the database is put back to an earlier moment, clients bring what was lost', async () => {
  const { document } = await nodes.panel()
  const fanout = createMemoryFanout()
  const options = { COLLAB_HEAD_POLL_MS: 20 }
  const [here, there] = [await nodes.start({ fanout, options }), await nodes.start({ fanout, options })]
  const [alice, bob] = [nodes.tab(here, 'alice').open(document), nodes.tab(there, 'bob').open(document)]
  await until(() => isSaved(alice) && isSaved(bob))
  for (const key of ['a', 'b', 'c']) {
    stateOf(alice).set(key, 1)
    await until(() => isSaved(alice) && stateOf(bob).has(key))
  }
  await nodes.db.transaction().execute(async (trx) => {
    await trx
      .deleteFrom('state_history')
      .where('document', '=', document)
      .where('version', '>', toVersion(2))
      .execute()
    await trx
      .updateTable('panel_states')
      .set({ version: toVersion(2) })
      .where('document', '=', document)
      .execute()
  })
  await until(async () => {
    const record = await nodes.log.read(document)
    return record !== null && record.version > 2 && isSaved(alice) && isSaved(bob)
  })
  stateOf(bob).set('d', 1)
  await until(() => isSaved(bob) && stateOf(alice).has('d'))
  expect(Object.keys(stateOf(alice).toJSON()).toSorted()).toEqual(['a', 'b', 'c', 'd', 'key'])
  const newcomer = nodes.tab(there, 'alice').open(document)
  await until(() => isSaved(newcomer))
  expect(stateOf(newcomer).toJSON()).toEqual(stateOf(bob).toJSON())
})
