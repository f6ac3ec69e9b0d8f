import type { HocuspocusProvider } from '@hocuspocus/provider'
import { NexusError, type UpdateLog } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { describe, expect, test } from 'vitest'
import { createGatedLog } from './testkit/gated-log.ts'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

/** A log that answers each append only after others have had their turn. */
const slowly = (log: UpdateLog): UpdateLog => ({
  ...createGatedLog(log),
  append: async (batch) => {
    const outcomes = await log.append(batch)
    await new Promise((resolve) => setTimeout(resolve, 30))
    return outcomes
  },
})

/** A log of which every third append is lost, on its way there or on its way back. */
function shakily(log: UpdateLog): UpdateLog {
  let count = 0
  return {
    ...createGatedLog(log),
    append: async (batch) => {
      count += 1
      if (count % 6 === 3) throw new NexusError('unavailable', 'The batch was lost.')
      const outcomes = await log.append(batch)
      if (count % 6 === 0) throw new NexusError('unavailable', 'The answer was lost.')
      return outcomes
    },
  }
}

/** Besides the one key of every test panel. */
const hasAll = (editor: HocuspocusProvider, count: number): boolean => stateOf(editor).size === count + 1

describe('without any crash', () => {
  test.each([
    ['a slow store', slowly],
    ['a store that fails now and then', shakily],
  ])('[RACE1] %s: everybody ends with the same, each edit is in the log once', async (_name, trouble) => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const running = [
      await nodes.start({ fanout, log: trouble(nodes.log) }),
      await nodes.start({ fanout, log: trouble(nodes.log) }),
    ]
    const editors = running.flatMap((node) =>
      ['alice', 'bob'].map((user) => nodes.tab(node, user).open(document)),
    )
    await until(() => editors.every(isSaved))
    for (let round = 0; round < 10; round += 1) {
      for (const [index, editor] of editors.entries()) stateOf(editor).set(`${index}.${round}`, round)
      await until(() => editors.every((editor) => stateOf(editor).has(`0.${round}`)))
    }
    await until(() => editors.every((editor) => isSaved(editor) && hasAll(editor, 40)))
    expect(await nodes.entriesOf(document)).toHaveLength(41)
  })

  test('[RACE2] the last one leaving while an edit is being saved loses nothing', async () => {
    const { document } = await nodes.panel()
    const log = createGatedLog(nodes.log)
    const node = await nodes.start({ log })
    const tab = nodes.tab(node)
    const alice = tab.open(document)
    await until(() => isSaved(alice))
    log.holdAppends()
    stateOf(alice).set('title', 'Plan')
    await until(() => node.server.counts().unsavedBytes > 0)
    tab.close()
    await until(() => node.server.counts().sockets === 0)
    expect(node.server.counts().documents).toBe(1)
    log.open()
    await until(() => node.server.counts().documents === 0)
    const bob = nodes.tab(node, 'bob').open(document)
    await until(() => stateOf(bob).get('title') === 'Plan')
  })

  test('[RACE3] servers that open a document at one moment, while others edit it, show the same', async () => {
    const { document } = await nodes.panel()
    const fanout = createMemoryFanout()
    const writing = nodes.tab(await nodes.start({ fanout })).open(document)
    await until(() => isSaved(writing))
    const opening = await Promise.all(Array.from({ length: 4 }, () => nodes.start({ fanout })))
    let count = 0
    const typing = setInterval(() => stateOf(writing).set(`key${count++}`, count), 1)
    await until(() => count > 5)
    const opened = opening.map((node) => nodes.tab(node, 'bob').open(document))
    await until(() => opened.every(isSaved))
    clearInterval(typing)
    await until(() => isSaved(writing) && opened.every((editor) => hasAll(editor, count)))
    expect(opened.map((editor) => stateOf(editor).toJSON())).toEqual(
      opened.map(() => stateOf(writing).toJSON()),
    )
  })
})
