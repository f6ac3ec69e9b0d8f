import { expect, test } from 'vitest'
import { type Case, nameOf } from './cases.ts'
import { startCluster } from './cluster.ts'
import { Ledger } from './ledger.ts'
import { lookAt } from './look.ts'
import { apiPlaces, logPlaces } from './places.ts'
import type { Lie } from './preload/dishonest-log.ts'
import { playCase } from './run-case.ts'
import { withScene } from './scene.ts'

/** Plays cases of the matrix on a build that lies. @returns The acknowledged keys that are gone. */
async function lostBy(lie: Lie, cases: readonly Case[]): Promise<string[]> {
  const cluster = await startCluster(lie)
  const ledger = new Ledger()
  try {
    for (const given of cases) {
      await withScene({ cluster, ledger, name: nameOf(given) }, (scene) =>
        playCase({ cluster, ledger, scene }, given),
      )
    }
    const findings = await lookAt([...apiPlaces(cluster), ...logPlaces(cluster)], ledger, ledger.documents)
    return findings.flatMap(({ lost }) => lost)
  } finally {
    await cluster.stop()
  }
}

test('[FLT2] the matrix finds the keys that a build loses which acknowledges before the commit', async () => {
  const lost = await lostBy('ack sent early', [
    { point: 'before append', victim: 'collab-server', signal: 'SIGKILL' },
    { point: 'before append', victim: 'api', signal: 'SIGKILL' },
  ])
  expect(lost.filter((key) => key.startsWith('collab-server/')).length).toBeGreaterThan(0)
  expect(lost.filter((key) => key.startsWith('api/')).length).toBeGreaterThan(0)
})

test('[FLT2] the matrix finds the keys that a build loses which leaves an append out', async () => {
  const lost = await lostBy('append skipped', [
    { point: 'after commit before ack', victim: 'collab-server', signal: 'SIGKILL' },
  ])
  expect(lost.length).toBeGreaterThan(0)
})
