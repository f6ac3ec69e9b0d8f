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

test('[E2E21] what was deleted is listed with its last day, and brought back from there', async () => {
  const { page } = await openWindow(browser)
  await signUpInPage(page, nexus.url, someone('Grace Hopper'))
  await page.setViewportSize({ width: 390, height: 780 })
  const list = page.getByRole('list', { name: 'Recently deleted' })
  const lastDay = new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(Date.now() + 30 * 86_400_000)
  const openMenu = async (item: string): Promise<void> => {
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Workspace menu/ })
      .click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const heading = page.getByRole('main').getByRole('heading', { level: 1 })
  const first = await heading.innerText()

  await openMenu('Recently deleted panels')
  await page.getByText('Nothing was deleted lately').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Panel menu' }).click()
  await page.getByRole('menuitem', { name: 'Delete panel' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete panel' }).click()
  await expect.poll(() => heading.innerText()).not.toBe(first)

  const lists = '**/api/workspaces/*/deleted-panels'
  await page.route(lists, (route) => route.abort())
  await openMenu('Recently deleted panels')
  await page.getByText('The list could not be loaded').waitFor()
  await page.unroute(lists)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => list.innerText()).toContain(lastDay)
  await page.getByRole('button', { name: `Restore ${first}` }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => heading.innerText()).toBe(first)
  await list.waitFor({ state: 'detached' })

  const address = page.url()
  await openMenu('Delete workspace')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete workspace' }).click()
  await page.getByRole('button', { name: 'Open Workspace' }).click()
  await page.getByRole('button', { name: 'Recently deleted' }).click()
  await expect.poll(() => list.innerText()).toContain(lastDay)
  await list.getByRole('button', { name: 'Restore My First Workspace' }).click()
  await expect.poll(() => page.url()).toBe(address)
  await expect.poll(() => heading.innerText()).toBe(first)
})
