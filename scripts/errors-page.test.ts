import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ERROR_FIELDS } from '@nexus/core'
import { problemSchema } from '@nexus/core/http-contract'
import { expect, test } from 'vitest'
import { renderErrorsPage } from './errors-page.ts'

test('[ERR1] docs/errors.md says what the tables in the code say (mend it with: npm run docs)', () => {
  const page = readFileSync(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), 'utf8')
  expect(page).toBe(renderErrorsPage())
})

test('[ERR2] the schema of a problem has every field the page lists, and no other', () => {
  const standard = ['type', 'title', 'status', 'code', 'detail', 'requestId']
  expect(Object.keys(problemSchema.shape)).toEqual([...standard, ...Object.keys(ERROR_FIELDS)])
})
