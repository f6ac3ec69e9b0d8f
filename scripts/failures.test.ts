import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './import-graph.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

test('[FLT7] every failure in the table is proved by rules that exist', () => {
  const rows = [...read('docs/failures.md').matchAll(/^\| (?!what|-)(.*?) \| .*? \| (.*?) \|$/gm)]
  expect(rows.length).toBeGreaterThan(5)
  const rules = new Set([...read('docs/SPEC.md').matchAll(/^- \*\*([^*]+)\*\*/gm)].map(([, id]) => id))
  for (const [, what, proofs = ''] of rows) {
    const named = proofs.split(', ')
    expect(
      named.filter((id) => !rules.has(id)),
      `${what}: no such rule`,
    ).toEqual([])
    expect(proofs, `${what} is proved by nothing`).not.toBe('')
  }
})
