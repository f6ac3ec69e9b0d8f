// Writes the pages that are derived from tables in the code. `npm run docs`; a test compares them with the code.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { renderClientTypes } from './client-types.ts'
import { renderErrorsPage } from './errors-page.ts'
import { renderSettingsPage } from './settings-page.ts'

writeFileSync(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), renderErrorsPage())
writeFileSync(fileURLToPath(new URL('../docs/settings.md', import.meta.url)), renderSettingsPage())
writeFileSync(fileURLToPath(new URL('../client/src/openapi.ts', import.meta.url)), await renderClientTypes())
