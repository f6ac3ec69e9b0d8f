import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { renderSettingsPage } from './settings-page.ts'

test('[CFG4] docs/settings.md says what the option tables say (mend it with: npm run docs)', () => {
  const page = readFileSync(fileURLToPath(new URL('../docs/settings.md', import.meta.url)), 'utf8')
  expect(page).toBe(renderSettingsPage())
})
