// Builds studio/dist when it is missing or older than what it is made from. Decides in a few milliseconds.
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'studio/dist/index.html')

/** Everything the bundle is made from; tests are not in it. */
const INPUTS = [
  'studio/index.html',
  'studio/vite.config.ts',
  'studio/package.json',
  'studio/public/**/*',
  'studio/src/**/*',
  'core/src/**/*',
  'package-lock.json',
]

const modifiedAt = (path: string): number => statSync(path).mtimeMs

function newestInput(): number {
  const paths = globSync(INPUTS, { cwd: root }).filter((path) => !/\.test\.tsx?$/.test(path))
  return Math.max(...paths.map((path) => modifiedAt(join(root, path))))
}

const isCurrent = existsSync(built) && modifiedAt(built) >= newestInput()
if (!isCurrent) {
  const { build } = await import('vite')
  await build({ root: join(root, 'studio'), logLevel: 'warn' })
  console.log('studio: built')
}
