import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CASES, nameOf } from './cases.ts'
import { type Cluster, mend, startCluster } from './cluster.ts'
import { Ledger } from './ledger.ts'
import { lookAt, lookEverywhere, whenLevel } from './look.ts'
import { apiPlaces, inspectRepository, logPlaces } from './places.ts'
import { emptyVersions } from './read-log.ts'
import { playCase } from './run-case.ts'
import { createPanel, onEachServer, type Scene, withScene } from './scene.ts'

/** One cluster and one ledger for all cases: what an earlier case was promised must outlive the later ones too. */
const ledger = new Ledger()
let cluster: Cluster
/** Two people who keep a panel open through all the cases. */
let veterans: Pick<Scene, 'shared' | 'staying'>

beforeAll(async () => {
  cluster = await startCluster()
  const shared = await createPanel(cluster, ledger, 'veterans.0')
  const parts = { ledger, document: shared, name: 'veteran', pauseMs: 250 }
  veterans = { shared, staying: await onEachServer(cluster, parts) }
})
beforeEach(() => mend(cluster))
afterAll(async () => {
  for (const writer of veterans?.staying ?? []) writer.leave()
  await cluster?.stop()
})

test.for(CASES)(
  '[FLT1] $victim gets $signal $point: every acknowledged key stands exactly once everywhere',
  async (given) => {
    const findings = await withScene({ cluster, ledger, name: nameOf(given) }, async (scene) => {
      await playCase({ cluster, ledger, scene }, given)
      await whenLevel(cluster, ledger, scene)
      for (const writer of scene.staying) writer.leave()
      return lookEverywhere(cluster, ledger, [scene.shared, scene.left, scene.shelf])
    })
    expect(findings).toEqual([])
  },
)

test('[FLT1] those who kept a panel open through it all have everything, and so has every place', async () => {
  const { shared, staying } = veterans
  await Promise.all(staying.map((writer) => writer.nextAck()))
  await Promise.all(staying.map((writer) => writer.stop()))
  await whenLevel(cluster, ledger, veterans)
  for (const writer of staying) writer.leave()
  expect(ledger.acknowledgedIn(shared).size).toBeGreaterThan(CASES.length)
  expect(await lookEverywhere(cluster, ledger, [shared])).toEqual([])
})

test('[FLT1] after all of it, everything that any case was promised is still there', async () => {
  expect(ledger.acknowledgedCount).toBeGreaterThan(CASES.length * 20)
  expect(await lookAt([...apiPlaces(cluster), ...logPlaces(cluster)], ledger, ledger.documents)).toEqual([])
  expect(inspectRepository(cluster)).not.toMatch(/error|missing/)
})

test('[FLT8] nothing is in the log twice, whatever was sent again on the way', async () => {
  const twice: string[] = []
  for (const document of ledger.documents) {
    const versions = await emptyVersions(cluster.postgres.url, document)
    const [key] = ledger.acknowledgedIn(document)
    if (versions.length > 0) twice.push(`${key}: ${versions}`)
  }
  expect(twice).toEqual([])
})
