import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { renderClientTypes } from './client-types.ts'

test('[CLI1] the client’s types are those of the OpenAPI document (mend them with: npm run docs)', async () => {
  const types = readFileSync(fileURLToPath(new URL('../client/src/openapi.ts', import.meta.url)), 'utf8')
  expect(types).toBe(await renderClientTypes())
})
