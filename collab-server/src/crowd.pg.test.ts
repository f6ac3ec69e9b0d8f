import { setTimeout as pause } from 'node:timers/promises'
import type { HocuspocusProvider } from '@hocuspocus/provider'
import { expect, test } from 'vitest'
import { createGatedLog } from './testkit/gated-log.ts'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

const EDITS = 60

/** Alice and so many others in one document; all have opened it. */
async function room(others: number, options: { readonly COLLAB_PRESENCE_DELAY_MS?: number } = {}) {
  const { document } = await nodes.panel()
  const log = createGatedLog(nodes.log)
  const node = await nodes.start({ log, options })
  const alice = nodes.tab(node, 'alice').open(document)
  const [bob, ...rest] = Array.from({ length: others }, () => nodes.tab(node, 'bob').open(document))
  if (bob === undefined) throw new Error('a room needs somebody else')
  await until(() => [alice, bob, ...rest].every(isSaved))
  return { document, log, alice, bob }
}

const cursorSeenBy = ({ awareness }: HocuspocusProvider, of: HocuspocusProvider): unknown =>
  awareness?.getStates().get(of.document.clientID)?.cursor

test('[COL116] edits in a crowded room go to the others, and into the log, together', async () => {
  const { document, log, alice, bob } = await room(9)
  let updates = 0
  bob.document.on('update', () => {
    updates += 1
  })
  for (let index = 0; index < EDITS; index += 1) {
    stateOf(alice).set(`key ${index}`, index)
    // Slow enough for a commit each.
    await pause(6)
  }
  await until(() => isSaved(alice) && stateOf(bob).has(`key ${EDITS - 1}`))
  expect(log.appendCount).toBeLessThan(EDITS * 0.6)
  expect(updates).toBeLessThan(EDITS * 0.6)
  // Each is an edit of its own all the same; the first entry is the panel's creation.
  expect(await nodes.entriesOf(document)).toHaveLength(EDITS + 1)
})

test('[COL117] moves in a crowded room go to everybody together, each person at their last place', async () => {
  const { alice, bob } = await room(9, { COLLAB_PRESENCE_DELAY_MS: 100 })
  alice.awareness?.setLocalStateField('cursor', 0)
  await until(() => cursorSeenBy(bob, alice) === 0)
  let messages = 0
  bob.awareness?.on('update', () => {
    messages += 1
  })
  const begin = performance.now()
  for (let cursor = 1; cursor <= EDITS; cursor += 1) {
    alice.awareness?.setLocalStateField('cursor', cursor)
    await pause(2)
  }
  await until(() => cursorSeenBy(bob, alice) === EDITS)
  // The first at once, and the last.
  expect(messages).toBeLessThanOrEqual(2 + (performance.now() - begin) / 100)
})

test('[COL117] who leaves a crowded room right after a move is gone', async () => {
  const { alice, bob } = await room(9, { COLLAB_PRESENCE_DELAY_MS: 100 })
  alice.awareness?.setLocalStateField('cursor', 0)
  await until(() => cursorSeenBy(bob, alice) === 0)
  alice.awareness?.setLocalStateField('cursor', 1)
  alice.awareness?.setLocalState(null)
  await until(() => bob.awareness?.getStates().has(alice.document.clientID) === false)
  await pause(150)
  expect(bob.awareness?.getStates().has(alice.document.clientID)).toBe(false)
})

test('[COL117] a move in a quiet room is told at once', async () => {
  const { alice, bob } = await room(1, { COLLAB_PRESENCE_DELAY_MS: 60_000 })
  for (const cursor of [0, 1, 2]) {
    alice.awareness?.setLocalStateField('cursor', cursor)
    await until(() => cursorSeenBy(bob, alice) === cursor)
  }
  expect(cursorSeenBy(bob, alice)).toBe(2)
})
