import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'

export interface Credentials {
  readonly name: string
  readonly email: string
  readonly password: string
}

export const someone = (name: string): Credentials => ({
  name,
  email: `${name.toLowerCase().replaceAll(' ', '.')}.${randomUUID().slice(0, 8)}@example.org`,
  password: 'correct horse battery staple',
})

/** Signs up by hand, as a new person would. Resolves when the first workspace is on the screen. */
export async function signUpInPage(page: Page, url: string, person: Credentials): Promise<void> {
  await page.goto(url)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('Name').fill(person.name)
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password').fill(person.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('navigation', { name: 'Panels' }).waitFor()
}

/** Signs in by hand. Resolves when a workspace, or the launcher, is on the screen. */
export async function signInInPage(page: Page, url: string, person: Credentials): Promise<void> {
  await page.goto(url)
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password').fill(person.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page
    .getByRole('button', { name: 'Account menu' })
    .or(page.getByRole('button', { name: 'Open Workspace' }))
    .first()
    .waitFor()
}

/** Opens a workspace from the launcher. Resolves when its panels are on the screen. */
export async function openWorkspace(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Open Workspace' }).click()
  await page
    .getByRole('dialog', { name: 'Open a workspace' })
    .getByRole('button', { name: `${name},` })
    .click()
  await page.getByRole('navigation', { name: 'Panels' }).waitFor()
}

/** Opens a panel from the sidebar; resolves when its heading is there. */
export async function openPanel(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Panels' }).getByRole('link', { name }).click()
  await page.getByRole('main').getByRole('heading', { level: 1, name }).waitFor()
}

/** The sign that says whether this person's work is saved. */
export const saveSign = (page: Page) => page.getByRole('status', { name: 'Save state' })

/** Ids in the address of an open panel. */
export function openPanelAddress(page: Page): { workspaceId: string; panelId: string } {
  const match = /\/w\/([^/]+)\/p\/([^/?]+)/.exec(page.url())
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(`no panel is open at ${page.url()}`)
  return { workspaceId: match[1], panelId: match[2] }
}
