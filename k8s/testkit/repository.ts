import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** @param path - From the root. @returns The file's text. */
export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Lines `NAME=value` of a file for `--env-file` or kustomize; comments and empty lines are left out. */
export function readEnvFile(path: string): ReadonlyMap<string, string> {
  const lines = readText(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}
