import { describe, expect, test } from 'vitest'
import { filesImported, findCycle, readSources, type SourceFile } from './import-graph.ts'

const sources = readSources()
const SERVICES = ['api', 'collab-server', 'snapshots', 'studio']
/** Doors of core that run in a browser too. */
const BROWSER_SAFE = [
  'core/src/index.ts',
  'core/src/document/index.ts',
  'core/src/nxml/index.ts',
  'core/src/nxml/sandbox/index.ts',
]

const isTest = ({ path }: SourceFile): boolean => /\.test\.tsx?$|\/testkit\//.test(path)

function reachable(entry: string): SourceFile[] {
  const byPath = new Map(sources.map((file) => [file.path, file]))
  const seen = new Map<string, SourceFile>()
  const visit = (path: string): void => {
    const file = byPath.get(path)
    if (file === undefined || seen.has(path)) return
    seen.set(path, file)
    filesImported(file).forEach(visit)
  }
  visit(entry)
  return [...seen.values()]
}

describe('who may import whom', () => {
  test('[ARC1] services never import one another, and only standalone composes them', () => {
    const offenders = sources
      .filter((file) => [...SERVICES, 'core', 'client'].includes(file.packageName))
      .flatMap((file) =>
        file.imports
          .filter((name) => name.startsWith('@nexus/') && !name.startsWith('@nexus/core'))
          // The studio is a client like any other.
          .filter((name) => !(file.packageName === 'studio' && name === '@nexus/client'))
          .map((name) => `${file.path} → ${name}`),
      )
    expect(offenders).toEqual([])
  })

  test('[ARC2] packages are entered through their doors, never by a path into another one', () => {
    const offenders = sources.flatMap((file) =>
      filesImported(file)
        .filter((path) => !path.startsWith(`${file.packageName}/`) && !isTest(file))
        .map((path) => `${file.path} → ${path}`),
    )
    expect(offenders).toEqual([])
  })

  test('[ARC3] there is no import cycle', () => {
    expect(findCycle(sources)).toBeNull()
  })

  test('[ARC4] the doors that browsers use reach no Node module and no driver', () => {
    const offenders = BROWSER_SAFE.flatMap(reachable).flatMap((file) =>
      file.imports
        .filter((name) => /^node:|^(pg|ioredis|pino|kysely|@electric-sql\/)/.test(name))
        .map((name) => `${file.path} → ${name}`),
    )
    expect(offenders).toEqual([])
  })

  test('[ARC5] only the first file of a program reads the environment', () => {
    const allowed = /\/main\.ts$|\.test\.ts$|\/testkit\/|^e2e\/|^bench\/|vite\.config\.ts$/
    const offenders = sources.filter((file) => file.readsEnvironment && !allowed.test(file.path))
    expect(offenders.map((file) => file.path)).toEqual([])
    expect(sources.some((file) => file.readsEnvironment)).toBe(true)
  })
})
