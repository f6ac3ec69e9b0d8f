import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Packages whose sources are looked at, and the folder each has its sources in. */
const PACKAGES = [
  'core',
  'client',
  'collab-server',
  'api',
  'snapshots',
  'studio',
  'standalone',
  'e2e',
  'bench',
] as const

export interface SourceFile {
  /** Relative to the root, such as `core/src/index.ts`. */
  readonly path: string
  readonly packageName: string
  /** Everything it imports at run time (types alone do not count), as written. */
  readonly imports: readonly string[]
  /** Mentions `process.env`. */
  readonly readsEnvironment: boolean
}

const IMPORT =
  /^\s*(?:import|export)\s+(?!type\b)[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

const isSource = (name: string): boolean => /\.tsx?$/.test(name) && !name.endsWith('.d.ts')

function readPackage(packageName: string): SourceFile[] {
  const folder = join(ROOT, packageName)
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isSource(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/node_modules/') && !path.includes('/dist/'))
    .map((path) => toSourceFile(packageName, path))
}

function toSourceFile(packageName: string, path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  return {
    path: relative(ROOT, path),
    packageName,
    imports: [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? ''),
    readsEnvironment: text.includes('process.env'),
  }
}

/** Every source file of the project with its run-time imports. */
export const readSources = (): SourceFile[] => PACKAGES.flatMap(readPackage)

/** Relative imports resolved to paths from the root; others are left out. */
export function filesImported(file: SourceFile): string[] {
  return file.imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(ROOT, resolve(ROOT, dirname(file.path), specifier)))
}

/** @returns One cycle as a list of paths, or `null`. */
export function findCycle(sources: readonly SourceFile[]): string[] | null {
  const byPath = new Map(sources.map((file) => [file.path, file]))
  const done = new Set<string>()
  const walk = (path: string, trail: string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    const file = byPath.get(path)
    if (file === undefined || done.has(path)) return null
    for (const next of filesImported(file)) {
      const cycle = walk(next, [...trail, path])
      if (cycle !== null) return cycle
    }
    done.add(path)
    return null
  }
  for (const { path } of sources) {
    const cycle = walk(path, [])
    if (cycle !== null) return cycle
  }
  return null
}
