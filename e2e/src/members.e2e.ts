import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
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

const run = promisify(execFile)
let dataDir: string
let nexus: NexusProcess
let browser: Browser

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nexus-members-'))
  nexus = await startNexus({ dataDir })
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await nexus?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const openFromMenu = async (page: Page, item: string) => {
  await page.getByRole('button', { name: /Workspace menu/ }).click()
  await page.getByRole('menuitem', { name: item }).click()
  return page.getByRole('dialog', { name: item })
}

test('[E2E11] somebody without an account is invited, joins, edits, looks on and is removed, in the page', async () => {
  const { page: ada } = await openWindow(browser)
  await signUpInPage(ada, nexus.url, someone('Ada Lovelace'))
  await openPanel(ada, 'Todo list')
  const members = await openFromMenu(ada, 'Members')
  const bob = someone('Bob Byron')
  await members.getByRole('textbox', { name: 'Invite by e-mail' }).fill(bob.email)
  await members.getByRole('button', { name: 'Invite', exact: true }).click()
  const link = await members.getByRole('textbox', { name: 'Link' }).inputValue()
  expect(link).toMatch(/\/invitation#[A-Za-z0-9_-]{43}$/)
  await members.getByText(bob.email, { exact: true }).waitFor()

  const { page: guest } = await openWindow(browser)
  await guest.goto(link)
  await guest.getByText(`Ada Lovelace invites you to “My First Workspace”`).waitFor()
  expect(guest.url()).not.toContain('#')
  await guest.getByRole('button', { name: 'Create an account' }).click()
  await guest.getByRole('textbox', { name: 'Name' }).fill(bob.name)
  expect(await guest.getByRole('textbox', { name: 'E-mail' }).inputValue()).toBe(bob.email)
  await guest.getByLabel('Password').fill(bob.password)
  await guest.getByRole('button', { name: 'Create account' }).click()
  await guest.getByRole('button', { name: 'Join as editor' }).click()
  await openPanel(guest, 'Todo list')
  await guest.getByRole('textbox', { name: 'New task…' }).fill('Tea')
  await guest.keyboard.press('Enter')
  await expect.poll(() => saveSign(guest).innerText()).toMatch(/Saved/)
  expect(await ada.getByRole('textbox', { name: 'Title', includeHidden: true }).first().inputValue()).toBe(
    'Tea',
  )

  await ada.keyboard.press('Escape')
  const again = await openFromMenu(ada, 'Members')
  await again.getByRole('combobox', { name: 'Role of Bob Byron' }).selectOption('viewer')
  const title = guest.getByRole('textbox', { name: 'Title' }).first()
  await expect.poll(() => title.isEditable()).toBe(false)
  expect(await title.inputValue()).toBe('Tea')
  await expect.poll(() => saveSign(guest).innerText()).toMatch(/View only/)

  await again.getByRole('button', { name: 'More for Bob Byron' }).click()
  await ada.getByRole('menuitem', { name: 'Remove' }).click()
  await ada.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await guest.getByText('The workspace was closed').first().waitFor()
  await expect.poll(() => again.getByRole('list', { name: 'Members' }).getByRole('listitem').count()).toBe(1)
})

test('[E2E12] a key is made in the page, git clones with it, and revoked it opens nothing', async () => {
  const { page } = await openWindow(browser)
  await signUpInPage(page, nexus.url, someone('Grace Hopper'))
  await openPanel(page, 'Todo list')
  await page.getByRole('button', { name: 'Account menu' }).click()
  await page.getByRole('menuitem', { name: 'API keys' }).click()
  const dialog = page.getByRole('dialog', { name: 'API keys' })
  await dialog.getByText('You have no keys yet').waitFor()
  await dialog.getByRole('button', { name: 'New key' }).click()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('backup')
  await dialog.getByRole('checkbox', { name: /^Git/ }).check()
  await dialog.getByRole('combobox', { name: 'In' }).selectOption({ label: 'Only the open workspace' })
  await dialog.getByRole('button', { name: 'Make key' }).click()
  const key = await dialog.getByRole('textbox', { name: 'API key' }).inputValue()
  await dialog.getByText('Read, Git · one workspace · never used').waitFor()

  const workspaceId = /\/w\/([^/]+)/.exec(page.url())?.[1] ?? ''
  const asking = { headers: { authorization: `Bearer ${key}` } }
  expect((await fetch(`${nexus.url}/api/workspaces/${workspaceId}`, asking)).status).toBe(200)
  const from = `${nexus.url.replace('://', `://git:${key}@`)}/git/${workspaceId}.git`
  await run('git', ['clone', '-q', from, join(dataDir, 'clone')], { timeout: 30_000 })

  await dialog.getByRole('button', { name: 'Revoke backup' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click()
  await dialog.getByText('You have no keys yet').waitFor()
  expect((await fetch(`${nexus.url}/api/workspaces/${workspaceId}`, asking)).status).toBe(401)
})
