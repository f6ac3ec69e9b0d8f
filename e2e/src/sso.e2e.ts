import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OIDC_CLIENT, type OidcProvider, startOidcProvider } from '@nexus/core/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NexusProcess, openBrowser, openWindow, requestJson, signUp, startNexus } from './kit/index.ts'

let dataDir: string
let provider: OidcProvider
let nexus: NexusProcess
let browser: Browser

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nexus-sso-'))
  provider = await startOidcProvider()
  nexus = await startNexus({
    dataDir,
    env: {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: OIDC_CLIENT.id,
      OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
      OIDC_LABEL: 'Example Works',
    },
  })
  provider.serve(`${nexus.url}/api/auth/sso/callback`)
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await nexus?.stop()
  provider?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** From the studio's page of signing in. */
async function continueAs(page: Page, login: string): Promise<void> {
  await page.getByRole('button', { name: 'Continue with Example Works' }).click()
  await page.getByPlaceholder('Enter any login').fill(login)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
}

const accountMenu = (page: Page) => page.getByRole('button', { name: 'Account menu' })

test('[E2E18] somebody signs in by the provider of their organisation, and lands in their workspace', async () => {
  const { page } = await openWindow(browser)
  await page.goto(nexus.url)
  await continueAs(page, 'ada')
  await accountMenu(page).click()
  await page.getByText('ada@example.org').waitFor()
  expect(page.url()).toMatch(/\/w\//)
  await page.reload()
  await accountMenu(page).waitFor()
})

test('[E2E18] whose account has not been confirmed is told what to do', async () => {
  const ann = await signUp(nexus.url)
  provider.personas.set('ann', { email: ann.email })
  const { page } = await openWindow(browser)
  await page.goto(nexus.url)
  await continueAs(page, 'ann')
  await page.getByRole('alert').getByText('has not been confirmed').waitFor()
  expect(page.url()).toBe(`${nexus.url}/`)
})

test('[E2E18] who was invited accepts it after signing in there', async () => {
  const owner = await signUp(nexus.url)
  const invited = await requestJson<{ token: string }>(
    `${nexus.url}/api/workspaces/${owner.workspaceId}/members`,
    { method: 'POST', token: owner.accessToken, body: { email: 'bob@example.org', role: 'editor' } },
  )
  const { page } = await openWindow(browser)
  await page.goto(`${nexus.url}/invitation#${invited.body.token}`)
  await continueAs(page, 'bob')
  await page.getByRole('button', { name: 'Join as editor' }).click()
  await expect.poll(() => page.url()).toContain(owner.workspaceId)
})

test('[E2E19] who has no password deletes the account, and brings it back by signing in at the provider', async () => {
  const { page, errors } = await openWindow(browser, { width: 390, height: 844, colorScheme: 'dark' })
  await page.goto(`${nexus.url}/sign-up`)
  await continueAs(page, 'cleo')
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await accountMenu(page).click()
  await page.getByRole('menuitem', { name: 'Account', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Account' })
  await dialog.getByText('You have none: you sign in by your provider.').waitFor()
  expect(await dialog.getByLabel('Present password').count()).toBe(0)
  await dialog.getByRole('button', { name: 'Delete account…' }).click()
  await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
  await page.getByText('Your account is closed.').waitFor()
  // The provider knows them still.
  await page.getByRole('button', { name: 'Continue with Example Works' }).click()
  await page.getByRole('alert').getByText('Your account has been deleted.').waitFor()
  await page.getByRole('button', { name: 'Bring my account back' }).click()
  await page.getByRole('button', { name: 'Open navigation' }).waitFor()
  expect(errors).toEqual([])
})

test('[E2E19] other windows of the browser learn who has signed in', async () => {
  const { page, context } = await openWindow(browser)
  const other = await context.newPage()
  await other.goto(nexus.url)
  await other.getByRole('button', { name: 'Continue with Example Works' }).waitFor()
  await page.goto(nexus.url)
  await continueAs(page, 'dora')
  await accountMenu(other).waitFor()
})
