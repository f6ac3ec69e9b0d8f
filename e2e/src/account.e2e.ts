import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type NexusProcess,
  openBrowser,
  openWindow,
  signInInPage,
  signUpInPage,
  someone,
  startNexus,
} from './kit/index.ts'

let dataDir: string
let nexus: NexusProcess
let browser: Browser

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nexus-account-'))
  nexus = await startNexus({ dataDir })
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await nexus?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** The link of that kind in the newest mail to an address; without a mail server they are files. */
async function linkIn(kind: string, to: string): Promise<string> {
  const folder = join(dataDir, 'mail')
  const names = (await readdir(folder).catch(() => [])).toSorted().toReversed()
  for (const name of names) {
    const text = (await readFile(join(folder, name), 'utf8')).replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=')
    const [link] = text.includes(`To: ${to}`)
      ? (text.match(new RegExp(`http\\S+/${kind}#[\\w-]+`)) ?? [])
      : []
    if (link !== undefined) return link
  }
  return ''
}

test('[E2E13] a forgotten password is replaced by the link in a mail, and sessions are ended, in the page', async () => {
  const { page } = await openWindow(browser)
  const ada = someone('Ada Lovelace')
  await signUpInPage(page, nexus.url, ada)
  await expect.poll(() => linkIn('verify-email', ada.email)).not.toBe('')
  const first = await linkIn('verify-email', ada.email)
  await page.getByRole('button', { name: 'Account menu' }).click()
  await page.getByRole('menuitem', { name: 'Account', exact: true }).click()
  await page.getByRole('button', { name: 'Send a mail to confirm it' }).click()
  await page.getByText('A mail is on its way.').waitFor()
  await expect.poll(() => linkIn('verify-email', ada.email)).not.toBe(first)
  await page.goto(await linkIn('verify-email', ada.email))
  await page.getByRole('heading', { name: 'Your e-mail address is confirmed' }).waitFor()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('button', { name: 'Account menu' }).click()
  await page.getByRole('menuitem', { name: 'Account', exact: true }).click()
  await page.getByText('Confirmed', { exact: true }).waitFor()

  const { page: other } = await openWindow(browser)
  await other.goto(nexus.url)
  await other.getByRole('button', { name: 'Forgot your password?' }).click()
  const dialog = other.getByRole('dialog', { name: 'Forgot your password?' })
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill(ada.email)
  await dialog.getByRole('button', { name: 'Send link' }).click()
  await dialog.getByText('a mail is on its way').waitFor()
  await expect.poll(() => linkIn('reset-password', ada.email)).not.toBe('')
  await other.goto(await linkIn('reset-password', ada.email))
  await other.getByLabel('New password').fill('quite another one')
  await other.getByRole('button', { name: 'Set password' }).click()
  await other.getByRole('button', { name: 'Sign in' }).click()
  const anew = { ...ada, password: 'quite another one' }
  await signInInPage(other, nexus.url, anew)

  const { page: third } = await openWindow(browser)
  await signInInPage(third, nexus.url, anew)
  await other.getByRole('button', { name: 'Account menu' }).click()
  await other.getByRole('menuitem', { name: 'Account', exact: true }).click()
  const sessions = other.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
  await expect.poll(() => sessions.count()).toBe(2)
  await sessions.filter({ hasText: 'this one' }).waitFor()
  await sessions.getByRole('button', { name: /^Sign out/ }).click()
  await expect.poll(() => sessions.count()).toBe(1)
})

test('[E2E14] an account is deleted and brought back, with its workspaces, in the page', async () => {
  const { page } = await openWindow(browser)
  const eve = someone('Eve Curie')
  await signUpInPage(page, nexus.url, eve)
  await page.getByRole('button', { name: 'Account menu' }).click()
  await page.getByRole('menuitem', { name: 'Account', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Account' })
  await dialog.getByRole('button', { name: 'Delete account…' }).click()
  await dialog.getByLabel('Your password').fill('not this one')
  await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
  await dialog.getByText('This is not your password.').waitFor()
  await dialog.getByLabel('Your password').fill(eve.password)
  await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
  await page.getByText('Your account is closed.').waitFor()
  await page.getByLabel('E-mail').fill(eve.email)
  await page.getByLabel('Password').fill(eve.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Bring my account back' }).click()
  await page.getByRole('button', { name: 'Account menu' }).waitFor()
  const { page: again } = await openWindow(browser)
  await signInInPage(again, nexus.url, eve)
})
