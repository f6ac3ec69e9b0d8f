import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import type { Member } from './member.ts'

export const VICTIMS = ['collab-server', 'api', 'snapshots', 'Redis', 'PostgreSQL'] as const
export type Victim = (typeof VICTIMS)[number]

export const SIGNALS = ['SIGKILL', 'SIGSTOP'] as const
export type Signal = (typeof SIGNALS)[number]

/** What can be done to a victim. */
interface Target {
  kill(): Promise<void>
  startAgain(): Promise<void>
  freeze(): void
  thaw(): void
}

/** @param holder - Who has reached the point: of several of a kind, it is the one that is struck. */
export function targetOf(cluster: Cluster, victim: Victim, holder: Member): Target {
  if (victim === 'Redis') return ofServer(cluster.redis)
  if (victim === 'PostgreSQL') return ofServer(cluster.postgres)
  if (victim === holder.part) return ofMember(holder)
  if (victim === 'api') return ofMember(cluster.apis[0])
  if (victim === 'snapshots') return ofMember(cluster.snapshots[0])
  return ofMember(cluster.collabs[0])
}

const ofServer = (server: Cluster['redis']): Target => ({
  kill: () => server.crash(),
  startAgain: () => server.restart(),
  freeze: () => server.freeze(),
  thaw: () => server.thaw(),
})

const ofMember = (member: Member): Target => ({
  kill: () => member.kill(),
  startAgain: () => member.start(),
  freeze: () => member.freeze(),
  thaw: () => member.thaw(),
})

/** How long a stopped victim is stopped, ms. */
const FROZEN_MS = 1_000

/**
 * Strikes, and resolves when the victim has been given back: started again after SIGKILL, continued after SIGSTOP.
 *
 * @param meanwhile - Called as soon as the victim is down.
 */
export async function strike(target: Target, signal: Signal, meanwhile: () => void): Promise<void> {
  if (signal === 'SIGKILL') {
    await target.kill()
    meanwhile()
    await target.startAgain()
    return
  }
  target.freeze()
  try {
    meanwhile()
    await wait(FROZEN_MS)
  } finally {
    // Whatever is still frozen when the tests end could not be ended.
    target.thaw()
  }
}
