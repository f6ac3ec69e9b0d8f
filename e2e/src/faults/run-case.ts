import { type Case, nameOf, REACHED_BY } from './cases.ts'
import type { Cluster } from './cluster.ts'
import type { Ledger } from './ledger.ts'
import type { Member } from './member.ts'
import { documentOf, provoke } from './provoke.ts'
import type { Scene } from './scene.ts'
import { inTime, until } from './until.ts'
import { strike, targetOf } from './victims.ts'

interface Play {
  readonly cluster: Cluster
  readonly ledger: Ledger
  readonly scene: Scene
}

/**
 * Plays one case to its end: somebody comes to the point, the victim is struck, some people leave for good, everything
 * recovers. Those who stay have been acknowledged again, and write no more, when it resolves.
 */
export async function playCase({ cluster, ledger, scene }: Play, given: Case): Promise<void> {
  const { point, victim, signal } = given
  const holders = whoReaches(cluster, given)
  // Before arming: one may come there while another is still being armed.
  const reached = Promise.race(holders.map((member) => member.whenReached(point).then(() => member)))
  await Promise.all(holders.map((member) => member.arm(point, documentOf(point, scene))))
  const provoked = provoke({
    cluster,
    ledger,
    scene,
    point,
    by: placeOf(cluster, given),
    name: nameOf(given),
  })
  const holder = await inTime(reached, `nobody came to "${point}"`)

  const answer = victim === 'PostgreSQL' && signal === 'SIGKILL' ? 'is lost' : 'arrives'
  await strike(targetOf(cluster, victim, holder), signal, () => {
    for (const writer of scene.leaving) writer.leave()
    for (const member of cluster.members) member.goOn(answer)
  })
  await whenReady(cluster)
  await inTime(provoked, 'what led to the point did not end')
  await inTime(Promise.all(scene.staying.map((writer) => writer.nextAck())), 'no new acknowledgement')
  await Promise.all(scene.staying.map((writer) => writer.stop()))
}

/** The members that are held at the point: the victim's own kind where it can reach it. */
function whoReaches({ members }: Cluster, { point, victim }: Case): readonly Member[] {
  const able = REACHED_BY[point]
  const chosen = able.filter((part) => part === victim)
  const parts = chosen.length > 0 ? chosen : able
  return members.filter(({ part }) => parts.includes(part))
}

/** Where the point is led to. */
const placeOf = ({ apis, collabs }: Cluster, { point, victim }: Case): Member =>
  victim === 'api' && REACHED_BY[point].includes(victim) ? apis[1] : collabs[1]

/** Resolves when every process is there and says that it is ready. */
export async function whenReady({ members }: Cluster): Promise<void> {
  const ready = async (): Promise<boolean> =>
    (await Promise.all(members.map((member) => member.isReady()))).every(Boolean)
  await until(ready, () => {
    const states = members.map((member) => `${member.part}, alive: ${member.isAlive}\n${member.said()}`)
    return `Not all are ready again.\n${states.join('\n\n')}`
  })
}
