import { createTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  openBrowser,
  openPanel,
  openWindow,
  saveSign,
  signUpInPage,
  someone,
  startNexus,
  withDataDir,
} from './kit/index.ts'

test('[E2E-SAVED1] "Saved" appears only when the edit is committed in PostgreSQL', async () => {
  await using database = await createTestDatabase()
  await withDataDir(async (dataDir) => {
    const nexus = await startNexus({ dataDir, databaseUrl: database.url })
    const browser = await openBrowser()
    try {
      const { page } = await openWindow(browser)
      await signUpInPage(page, nexus.url, someone('Ada'))
      await openPanel(page, 'Team notes')
      await expect.poll(() => saveSign(page).innerText()).toBe('Saved')

      // Nobody can append while this transaction holds the table.
      await database.db.transaction().execute(async (trx) => {
        await sql`lock table state_history in exclusive mode`.execute(trx)
        await page.getByRole('textbox', { name: 'Shared page' }).click()
        await page.keyboard.type('not yet')
        await expect.poll(() => saveSign(page).innerText()).toMatch(/Saving/)
        // Long after the sign would have changed by itself: it waits for the commit, not for the clock.
        await page.waitForTimeout(2_000)
        expect(await saveSign(page).innerText()).toMatch(/Saving/)
      })
      await expect.poll(() => saveSign(page).innerText()).toBe('Saved')
    } finally {
      await browser.close()
      await nexus.stop()
    }
  })
})
