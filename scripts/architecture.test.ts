import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './import-graph.ts'

const DECISIONS = 'docs/decisions'

/** A path from the root, or a door such as `core/document`, which is a folder of sources. */
const isThere = (path: string): boolean =>
  existsSync(join(ROOT, path)) || existsSync(join(ROOT, path.replace('/', '/src/')))

test('[ARC6] every path and door that ARCHITECTURE and the decisions name is there', () => {
  const pages = [
    'ARCHITECTURE.md',
    ...readdirSync(join(ROOT, DECISIONS)).map((name) => `${DECISIONS}/${name}`),
  ]
  const named = pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/`(\w[\w.-]*\/[\w./-]+)`/g)].map(([, path = '']) => ({
      page,
      path,
    })),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(({ path }) => !isThere(path))).toEqual([])
})
