import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './import-graph.ts'

const FOLDERS = [
  'core',
  'client',
  'collab-server',
  'api',
  'snapshots',
  'studio',
  'standalone',
  'e2e',
  'k8s',
  'scripts',
]

/** Test files, and contract suites that several test files run. */
const isTestCode = (path: string): boolean =>
  /\.(test|e2e)\.tsx?$/.test(path) || /\/testkit\/describe-[a-z-]+\.ts$/.test(path)

function testFiles(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes('/node_modules/') && isTestCode(path)),
  )
}

/** Rule numbers at the beginning of titles: `[LOG3]`, `[LOG3, LOG4]`, `[STU1] [STU2]`. */
function rulesTested(text: string): string[] {
  const titles = text.matchAll(/['"`]((?:\[[A-Z][A-Z0-9-]*\d[^\]\n]*\]\s*)+)/g)
  return [...titles].flatMap((title) =>
    [...(title[1] ?? '').matchAll(/[A-Z][A-Z0-9-]*\d+[a-z]?/g)].map(([id]) => id),
  )
}

test('[SPEC1] every rule has a test, and every numbered test has a rule', () => {
  const tested = new Set(testFiles().flatMap((path) => rulesTested(readFileSync(path, 'utf8'))))
  const spec = readFileSync(join(ROOT, 'docs/SPEC.md'), 'utf8')
  const rules = [...spec.matchAll(/^- \*\*([^*]+)\*\*/gm)].map((rule) => rule[1] ?? '')
  expect(new Set(rules).size, 'a number is used twice').toBe(rules.length)
  expect({
    rulesWithoutTest: rules.filter((rule) => !tested.has(rule)).toSorted(),
    testsWithoutRule: [...tested].filter((rule) => !rules.includes(rule)).toSorted(),
  }).toEqual({ rulesWithoutTest: [], testsWithoutRule: [] })
})
