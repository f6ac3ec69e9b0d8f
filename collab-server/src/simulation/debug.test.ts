import './virtual-date.ts'
import { test } from 'vitest'
import { withVirtualTime } from './virtual-time.ts'
import { World } from './world.ts'
test('debug', async () => {
  const plan = JSON.parse(process.env.PLAN ?? '')
  await withVirtualTime(plan.seed, async (time) => {
    const world = new World(plan, {})
    for (const editor of world.editors) editor.goOnline()
    for (const { afterMs, ...deed } of plan.steps) { await time.pass(afterMs); world.do(deed) }
    await time.pass(0)
    world.calm()
    for (let at = 0; at < 30; at += 1) {
      await time.pass(at < 10 ? 100: 2000)
      world.trace.add('present ' + JSON.stringify(world.editors.map((e) => [e.doc.clientID, [...e.present]])) + ' nodes ' + JSON.stringify(world.nodes.map((n) => [n.collab.registry.size, ...[...n.collab.documents].map((d) => [...d.document.awareness.getStates().keys()].join()+'; conns'+ [...d.document.connections.values()].map(v=>[...v.clients].join()).join('|'))])))
    }
    console.log(world.trace.last(200))
  })
})
