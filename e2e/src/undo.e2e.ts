import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type NexusProcess,
  openBrowser,
  openPanel,
  openWindow,
  saveSign,
  signUpInPage,
  someone,
  startNexus,
} from './kit/index.ts'

let dataDir: string
let nexus: NexusProcess
let browser: Browser

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nexus-undo-'))
  nexus = await startNexus({ dataDir })
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await nexus?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

test('[E2E15] a panel is duplicated; a panel and a workspace are deleted and brought back, in the page', async () => {
  const { page } = await openWindow(browser)
  await signUpInPage(page, nexus.url, someone('Ada Lovelace'))
  await openPanel(page, 'Todo list')
  const tasks = page.getByRole('textbox', { name: 'Title' })
  await page.getByRole('textbox', { name: 'New task…' }).fill('Ring Bob')
  await page.keyboard.press('Enter')
  await expect.poll(() => saveSign(page).innerText()).toMatch(/Saved/)
  const choose = async (menu: string | RegExp, item: string): Promise<void> => {
    await page.getByRole('button', { name: menu }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const heading = (name: string) => page.getByRole('main').getByRole('heading', { level: 1, name })

  await choose('Panel menu', 'Duplicate panel')
  await heading('Todo list (copy)').waitFor()
  await expect.poll(() => tasks.first().inputValue()).toBe('Ring Bob')

  await choose('Panel menu', 'Delete panel')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete panel' }).click()
  const links = page.getByRole('navigation', { name: 'Panels' }).getByRole('link')
  await expect.poll(() => links.count()).toBe(2)
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click()
  await heading('Todo list (copy)').waitFor()
  await expect.poll(() => tasks.first().inputValue()).toBe('Ring Bob')
  expect(await links.count()).toBe(3)

  await choose(/Workspace menu/, 'Delete workspace')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete workspace' }).click()
  await page.getByRole('button', { name: 'Open Workspace' }).waitFor()
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click()
  await expect.poll(() => links.count()).toBe(3)
})
