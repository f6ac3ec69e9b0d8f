import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './import-graph.ts'

test('[MET6] docs/metrics.md lists every metric of the code, with its type, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8')
  const listed = [...page.matchAll(/^\| `(nexus_\w+)` \| (\w+) \|/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  )
  const code = globSync('{core,api,collab-server,snapshots,standalone}/src/**/*.ts', { cwd: ROOT })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  const made = code.flatMap((text) =>
    [...text.matchAll(/\.(counter|gauge|histogram)\(\s*\{\s*name: '(nexus_\w+)'/g)].map(
      ([, type, name]) => `${name} ${type}`,
    ),
  )
  expect(made.length).toBeGreaterThan(10)
  expect(listed.toSorted()).toEqual(made.toSorted())
})
