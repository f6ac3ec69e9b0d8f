import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createGatedLog } from './testkit/gated-log.ts'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()

describe('an edit that its client takes to another server', () => {
  test('[COL73] has one entry in the log, though nobody has told that server of it', async () => {
    const { document } = await nodes.panel()
    // Two fan-outs: neither hears the other. Reading heads is put off, too.
    const options = { COLLAB_HEAD_POLL_MS: 60_000 }
    const [here, there] = [await nodes.start({ options }), await nodes.start({ options })]
    const bob = nodes.tab(there, 'bob').open(document)
    const doc = new Y.Doc()
    const tab = nodes.tab(here)
    const before = tab.open(document, { document: doc })
    await until(() => isSaved(before) && isSaved(bob))
    stateOf(before).set('title', 'Plan')
    await until(async () => (await nodes.entriesOf(document)).length === 2)
    tab.close()
    const after = nodes.tab(there).open(document, { document: doc })
    await until(() => isSaved(after) && stateOf(bob).get('title') === 'Plan')
    expect(await nodes.entriesOf(document)).toHaveLength(2)
    stateOf(bob).set('title', 'Plan B')
    await until(() => isSaved(bob) && stateOf(after).get('title') === 'Plan B')
    expect(await nodes.entriesOf(document)).toHaveLength(3)
  })

  test('[COL73] has one entry when only a deletion is sent again', async () => {
    const { document } = await nodes.panel()
    const options = { COLLAB_HEAD_POLL_MS: 60_000 }
    const [here, there] = [await nodes.start({ options }), await nodes.start({ options })]
    const doc = new Y.Doc()
    const tab = nodes.tab(here)
    const before = tab.open(document, { document: doc })
    await until(() => isSaved(before))
    stateOf(before).set('title', 'Plan')
    await until(() => isSaved(before))
    const bob = nodes.tab(there, 'bob').open(document)
    await until(() => stateOf(bob).get('title') === 'Plan')
    stateOf(before).delete('title')
    await until(async () => (await nodes.entriesOf(document)).length === 3)
    tab.close()
    const after = nodes.tab(there).open(document, { document: doc })
    await until(() => isSaved(after) && !stateOf(bob).has('title'))
    expect(await nodes.entriesOf(document)).toHaveLength(3)
  })

  test('[COL74] during an outage has one entry when both servers save it afterwards', async () => {
    const { document } = await nodes.panel()
    const [logHere, logThere] = [createGatedLog(nodes.log), createGatedLog(nodes.log)]
    const [here, there] = [await nodes.start({ log: logHere }), await nodes.start({ log: logThere })]
    const bob = nodes.tab(there, 'bob').open(document)
    const doc = new Y.Doc()
    const tab = nodes.tab(here)
    const before = tab.open(document, { document: doc })
    await until(() => isSaved(before) && isSaved(bob))
    logHere.goAway()
    logThere.goAway()
    stateOf(before).set('title', 'Plan')
    await until(() => here.server.counts().unsavedBytes > 0)
    tab.close()
    const after = nodes.tab(there).open(document, { document: doc })
    await until(() => there.server.counts().unsavedBytes > 0)
    expect(after.hasUnsyncedChanges).toBe(true)
    logThere.open()
    await until(() => isSaved(after))
    logHere.open()
    await until(() => here.server.counts().unsavedBytes === 0)
    expect(await nodes.entriesOf(document)).toHaveLength(2)
  })
})
