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
  type Window,
} from './kit/index.ts'

let dataDir: string
let nexus: NexusProcess
let browser: Browser
let window: Window

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nexus-history-'))
  nexus = await startNexus({ dataDir })
  browser = await openBrowser()
  window = await openWindow(browser)
})

afterAll(async () => {
  await browser?.close()
  await nexus?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

test('[E2E9] the history of a workspace is looked at, and the workspace made what it was, in the page', async () => {
  const { page } = window
  await signUpInPage(page, nexus.url, someone('Ada Lovelace'))
  await openPanel(page, 'Todo list')
  const tasks = page.getByRole('textbox', { name: 'Title' })
  const addTask = async (title: string): Promise<void> => {
    const before = await tasks.count()
    await page.getByRole('textbox', { name: 'New task…' }).fill(title)
    await page.keyboard.press('Enter')
    await expect.poll(() => tasks.count()).toBe(before + 1)
    await expect.poll(() => saveSign(page).innerText()).toMatch(/Saved/)
  }
  const openHistory = async (): Promise<void> => {
    await page.getByRole('button', { name: /Workspace menu/ }).click()
    await page.getByRole('menuitem', { name: 'History' }).click()
  }
  const dialog = page.getByRole('dialog', { name: 'History' })
  const commits = dialog.getByRole('list', { name: 'Commits' }).getByRole('button')

  await openHistory()
  await dialog.getByText('No commits yet').waitFor()
  await dialog.getByRole('button', { name: 'Commit now' }).click()
  await commits.first().waitFor()
  await page.keyboard.press('Escape')

  await addTask('Ring Bob')
  await openHistory()
  await dialog.getByRole('button', { name: 'Commit now' }).click()
  await commits.filter({ hasText: 'Todo list: 1 task added' }).click()
  const file = dialog.getByRole('region', { name: /state\.json$/ })
  expect(await file.innerText()).toContain('"title": "Ring Bob"')
  await page.keyboard.press('Escape')

  await addTask('Write to Eve')
  expect(await tasks.count()).toBe(2)
  await openHistory()
  await commits.filter({ hasText: 'Todo list: 1 task added' }).click()
  await dialog.getByRole('button', { name: /Restore this commit/ }).click()
  const restoring = page.getByRole('dialog', { name: 'Restore this commit?' })
  await restoring.getByRole('list', { name: 'What will be restored' }).getByText('Todo list').waitFor()
  await restoring.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByText('1 panel restored.').first().waitFor()
  await expect.poll(() => tasks.count()).toBe(1)
  expect(await tasks.first().inputValue()).toBe('Ring Bob')
  await openHistory()
  // What it was before: the way back.
  await expect.poll(() => commits.first().innerText()).toContain('Todo list: 1 task added')
  expect(await commits.count()).toBe(3)
})

test('[E2E10] the history of a panel is looked at, and the panel made what it was, in the page', async () => {
  const { page } = window
  await page.keyboard.press('Escape')
  const tasks = page.getByRole('textbox', { name: 'Title' })
  await tasks.first().fill('Ring Eve')
  await expect.poll(() => saveSign(page).innerText()).toMatch(/Saved/)
  await page.getByRole('button', { name: 'Panel menu' }).click()
  await page.getByRole('menuitem', { name: 'History' }).click()
  const dialog = page.getByRole('dialog', { name: 'History of “Todo list”' })
  const versions = dialog.getByRole('list', { name: 'Versions' }).getByRole('button')
  await versions.first().waitFor()
  expect(await versions.first().innerText()).toMatch(/tasks › 1 › title changed[\s\S]*You · just now/)
  await versions.filter({ hasText: 'Restored' }).click()
  await dialog.getByRole('article').getByText('tasks › 2', { exact: true }).waitFor()
  await dialog.getByRole('button', { name: /Restore this version/ }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Restore', exact: true }).click()
  await expect.poll(() => tasks.first().inputValue()).toBe('Ring Bob')
})
