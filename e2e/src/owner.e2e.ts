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
  requestJson,
  saveSign,
  signInInPage,
  signUp,
  signUpInPage,
  someone,
  startNexus,
} from './kit/index.ts'

let dataDir: string
let nexus: NexusProcess
let browser: Browser

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nexus-owner-'))
  nexus = await startNexus({ dataDir })
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await nexus?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

test('[E2E16] a workspace is archived, read by all, and taken out of the archive, in the page', async () => {
  const { page } = await openWindow(browser)
  await signUpInPage(page, nexus.url, someone('Ada Lovelace'))
  await openPanel(page, 'Todo list')
  const newTask = page.getByRole('textbox', { name: 'New task…' })
  await newTask.fill('Ring Bob')
  await page.keyboard.press('Enter')
  await expect.poll(() => saveSign(page).innerText()).toMatch(/Saved/)

  await page.getByRole('button', { name: /Workspace menu/ }).click()
  await page.getByRole('menuitem', { name: 'Archive workspace' }).click()
  const notice = page.getByText('This workspace is archived: it can be read, not changed.')
  await notice.waitFor()
  const title = page.getByRole('textbox', { name: 'Title' }).first()
  await expect.poll(() => title.isEditable()).toBe(false)
  await expect.poll(() => saveSign(page).innerText()).toMatch(/View only/)
  expect(await page.getByRole('button', { name: 'Add panel' }).count()).toBe(0)

  // Opening it is reading it.
  await page.reload()
  await notice.waitFor()
  await expect.poll(() => title.inputValue()).toBe('Ring Bob')
  expect(await title.isEditable()).toBe(false)

  await page.getByRole('button', { name: 'Unarchive' }).click()
  await notice.waitFor({ state: 'detached' })
  await expect.poll(() => title.isEditable()).toBe(true)
  await newTask.fill('Tea')
  await page.keyboard.press('Enter')
  await expect.poll(() => saveSign(page).innerText(), { timeout: 12_000 }).toMatch(/Saved/)
})

test('[E2E17] an owner reads the audit log, page by page, in the page', async () => {
  const owner = await signUp(nexus.url)
  const rename = async (name: string): Promise<void> => {
    const answer = await requestJson(`${nexus.url}/api/workspaces/${owner.workspaceId}`, {
      method: 'PATCH',
      token: owner.accessToken,
      body: { name },
    })
    expect(answer.status).toBe(200)
  }
  for (let count = 1; count <= 55; count += 1) await rename(`Name ${count}`)
  const { page } = await openWindow(browser)
  await signInInPage(page, nexus.url, { ...owner, name: 'Ada' })
  await page.goto(`${nexus.url}/w/${owner.workspaceId}`)
  await page.getByRole('button', { name: /Workspace menu/ }).click()
  await page.getByRole('menuitem', { name: 'Audit log' }).click()
  const events = page.getByRole('list', { name: 'Events' }).getByRole('listitem')
  await expect.poll(() => events.count()).toBe(50)
  expect(await events.first().innerText()).toMatch(/^Ada named the workspace “Name 55”\s+just now · from /)
  await page.getByRole('button', { name: 'Show older' }).click()
  await expect.poll(() => events.count()).toBe(55)
  expect(await events.last().innerText()).toContain('“Name 1”')
  expect(await page.getByRole('button', { name: 'Show older' }).count()).toBe(0)
})

test('[E2E20, MOV6] a panel is moved to another workspace and opened there; who had it open sees it go', async () => {
  const ada = await signUp(nexus.url)
  const made = await requestJson<{ id: string }>(`${nexus.url}/api/workspaces`, {
    method: 'POST',
    token: ada.accessToken,
    body: { name: 'Elsewhere' },
  })
  const windows = [await openWindow(browser), await openWindow(browser)].map(({ page }) => page)
  for (const page of windows) {
    await signInInPage(page, nexus.url, { ...ada, name: 'Ada' })
    await page.goto(`${nexus.url}/w/${ada.workspaceId}`)
    await openPanel(page, 'Todo list')
  }
  const [page, other] = windows
  if (page === undefined || other === undefined) throw new Error('two windows are needed')
  await page.getByRole('textbox', { name: 'New task…' }).fill('Ring Bob')
  await page.keyboard.press('Enter')
  await expect.poll(() => saveSign(page).innerText(), { timeout: 10_000 }).toMatch(/Saved/)

  await page.getByRole('button', { name: 'Panel menu' }).click()
  await page.getByRole('menuitem', { name: 'Move to another workspace' }).click()
  await page.getByRole('button', { name: 'Move to Elsewhere' }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await expect.poll(() => page.url()).toContain(made.body.id)
  const title = page.getByRole('textbox', { name: 'Title' }).first()
  await expect.poll(() => title.inputValue(), { timeout: 10_000 }).toBe('Ring Bob')
  const links = other.getByRole('navigation', { name: 'Panels' }).getByRole('link')
  await expect.poll(() => links.count(), { timeout: 10_000 }).toBe(1)
  expect(await links.first().innerText()).not.toContain('Todo list')
})
