import type { DocumentName } from '@nexus/core'
import type { Cluster } from './cluster.ts'
import { type Faults, hasFaults, type Ledger } from './ledger.ts'
import { apiPlaces, gitPlace, livePlaces, logPlaces, type Place } from './places.ts'
import { requestSnapshot } from './provoke.ts'
import type { Scene } from './scene.ts'
import { inTime, until } from './until.ts'

/** Keys of one document that are not as they should be, and where. */
export interface Finding extends Faults {
  readonly where: string
}

/**
 * Everybody who stayed has what was acknowledged, and so have the APIs: only then may those who stayed leave, because what
 * is still on its way to a server would otherwise be lost with them, rightly.
 */
export async function whenLevel(
  cluster: Cluster,
  ledger: Ledger,
  { shared, staying }: Pick<Scene, 'shared' | 'staying'>,
): Promise<void> {
  let worst: readonly Faults[] = []
  const isLevel = async (): Promise<boolean> => {
    const copies = staying.map((writer) => writer.sees()).filter((keys) => keys !== null)
    const answers = await Promise.all(apiPlaces(cluster).map((place) => place.read(shared)))
    const faults = [...copies, ...answers].map((keys) => ledger.faultsOf(shared, keys))
    worst = faults.filter(hasFaults)
    return worst.length === 0
  }
  await until(isLevel, () => `Open copies or the API are not level: ${JSON.stringify(worst)}`)
}

/** Looks at every place where a key must stand. @returns What is wrong; nothing when all is well. */
export async function lookEverywhere(
  cluster: Cluster,
  ledger: Ledger,
  documents: readonly DocumentName[],
): Promise<Finding[]> {
  const commit = await inTime(snapshot(cluster), 'no snapshot')
  const places = [
    ...livePlaces(cluster),
    ...logPlaces(cluster),
    ...apiPlaces(cluster),
    gitPlace(cluster, commit),
  ]
  return lookAt(places, ledger, documents)
}

export async function lookAt(
  places: readonly Place[],
  ledger: Ledger,
  documents: readonly DocumentName[],
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const document of documents) {
    for (const place of places) {
      const keys = await inTime(place.read(document), `${place.name} of ${document} cannot be read`)
      findings.push({ where: `${place.name}, ${document}`, ...ledger.faultsOf(document, keys) })
    }
  }
  return findings.filter(hasFaults)
}

async function snapshot(cluster: Cluster): Promise<string> {
  for (;;) {
    const commit = await requestSnapshot(cluster)
    if (commit !== null) return commit
  }
}
