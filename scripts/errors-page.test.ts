import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { renderErrorsPage } from './errors-page.ts'

test('[ERR1] docs/errors.md says what the table in the code says (mend it with: npm run docs)', () => {
  const page = readFileSync(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), 'utf8')
  expect(page).toBe(renderErrorsPage())
})
