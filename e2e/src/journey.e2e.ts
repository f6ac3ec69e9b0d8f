import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type NexusProcess,
  openBrowser,
  openPanel,
  openPanelAddress,
  openWindow,
  openWorkspace,
  requestJson,
  saveSign,
  signInInPage,
  signUpInPage,
  someone,
  startNexus,
  type Window,
} from './kit/index.ts'

/** The whole path as one story: each test goes on where the one before it stopped. */
describe('two people, one panel, one commit', () => {
  const ada = someone('Ada Lovelace')
  let dataDir: string
  let nexus: NexusProcess
  let browser: Browser
  let a: Window
  let b: Window
  let workspaceId: string
  let panelId: string

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'nexus-journey-'))
    nexus = await startNexus({ dataDir })
    browser = await openBrowser()
    a = await openWindow(browser)
    b = await openWindow(browser)
  })

  afterAll(async () => {
    await browser?.close()
    await nexus?.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const accessToken = async (): Promise<string> => {
    const answer = await requestJson<{ accessToken: string }>(`${nexus.url}/api/auth/login`, {
      method: 'POST',
      body: { email: ada.email, password: ada.password },
    })
    return answer.body.accessToken
  }
  const tasksIn = (window: Window) => window.page.getByRole('textbox', { name: 'Title' })

  test('[E2E1] signing up leads into My First Workspace with a notes and a todo panel', async () => {
    await signUpInPage(a.page, nexus.url, ada)
    await a.page.getByRole('button', { name: /My First Workspace/ }).waitFor()
    const panels = a.page.getByRole('navigation', { name: 'Panels' }).getByRole('link')
    expect(await panels.allInnerTexts()).toEqual(['Team notes', 'Todo list'])
  })

  test('[E2E2] a panel is added from the library and opens', async () => {
    await a.page.getByRole('button', { name: 'Add panel' }).first().click()
    const dialog = a.page.getByRole('dialog', { name: 'Add a panel' })
    await dialog.getByRole('searchbox', { name: 'Search the library' }).fill('kanban')
    await dialog.getByRole('list', { name: 'Library panels' }).getByRole('listitem').first().waitFor()
    await a.page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await a.page
      .getByRole('main')
      .getByRole('heading', { level: 1, name: /Kanban/ })
      .waitFor()
    await a.page
      .getByRole('navigation', { name: 'Panels' })
      .getByRole('link', { name: /Kanban/ })
      .waitFor()
  })

  test('[E2E3] a second browser sees the text as it is typed, and who is there', async () => {
    await signInInPage(b.page, nexus.url, ada)
    await openWorkspace(b.page, 'My First Workspace')
    await openPanel(a.page, 'Team notes')
    await openPanel(b.page, 'Team notes')
    const pageOfA = a.page.getByRole('textbox', { name: 'Shared page' })
    const pageOfB = b.page.getByRole('textbox', { name: 'Shared page' })
    await pageOfA.click()
    await a.page.keyboard.press('Control+End')
    for (const letter of 'typed') {
      await a.page.keyboard.type(letter)
      const soFar = await pageOfA.inputValue()
      await expect.poll(() => pageOfB.inputValue(), { interval: 10 }).toBe(soFar)
    }
    expect(await pageOfB.inputValue()).toMatch(/typed$/)
    const people = b.page.getByRole('list', { name: 'People in this panel' }).getByRole('listitem')
    await expect.poll(() => people.allInnerTexts()).toEqual([expect.stringContaining('you, 2 windows')])
  })

  test('[E2E4] a tool run in one browser shows in the other', async () => {
    await openPanel(a.page, 'Todo list')
    await openPanel(b.page, 'Todo list')
    ;({ workspaceId, panelId } = openPanelAddress(a.page))
    await a.page.getByRole('textbox', { name: 'New task…' }).fill('Buy milk')
    await a.page.keyboard.press('Enter')
    await expect.poll(() => tasksIn(b).count()).toBe(1)
    expect(await tasksIn(b).first().inputValue()).toBe('Buy milk')
    await expect.poll(() => saveSign(a.page).innerText()).toMatch(/Saved/)
  })

  test('[E2E5] a program reads the panel as JSON, patches it, and both browsers show the change', async () => {
    const token = await accessToken()
    const stateUrl = `${nexus.url}/api/state/${workspaceId}/${panelId}`
    const before = await requestJson<{ state: { $state: { tasks: { title: string }[] } }; version: number }>(
      stateUrl,
      {
        token,
      },
    )
    expect(before.body.state.$state.tasks.map((task) => task.title)).toEqual(['Buy milk'])
    const patched = await requestJson<{ version: number }>(stateUrl, {
      method: 'PATCH',
      token,
      headers: { 'content-type': 'application/json-patch+json' },
      body: [
        {
          op: 'add',
          path: '/$state/tasks/-',
          value: { id: 'p1', title: 'From a program', done: false, priority: 1 },
        },
      ],
    })
    expect(patched.status).toBe(200)
    expect(patched.body.version).toBe(before.body.version + 1)
    for (const window of [a, b]) {
      const titles = async () => Promise.all((await tasksIn(window).all()).map((field) => field.inputValue()))
      await expect.poll(titles).toContain('From a program')
    }
  })

  test('[E2E6] a snapshot is a Git commit that the real git shows as readable JSON', async () => {
    const answer = await requestJson<{ gitCommitHash: string; panelCount: number }>(
      `${nexus.url}/api/state/${workspaceId}/snapshot`,
      { method: 'POST', token: await accessToken(), body: { description: 'After the meeting' } },
    )
    expect(answer.status).toBe(201)
    expect(answer.body.panelCount).toBe(3)
    const repository = join(dataDir, 'git', `${workspaceId}.git`)
    const git = (...args: string[]) =>
      execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8' })
    const shown = git('log', '-p', '-1')
    expect(shown).toContain(answer.body.gitCommitHash)
    expect(shown).toContain('"title": "From a program"')
    expect(git('fsck', '--full', '--strict')).not.toMatch(/error|missing/)
  })

  test('[E2E7] after kill -9 and a restart everything is there, and the open browsers go on by themselves', async () => {
    const { port } = new URL(nexus.url)
    await nexus.kill()
    await expect.poll(() => saveSign(a.page).innerText(), { timeout: 20_000 }).not.toMatch(/^Saved$/)
    await a.page.getByRole('textbox', { name: 'New task…' }).fill('Typed while it was away')
    await a.page.keyboard.press('Enter')
    nexus = await startNexus({ dataDir, env: { PORT: port } })
    const titles = async () => Promise.all((await tasksIn(b).all()).map((field) => field.inputValue()))
    await expect
      .poll(titles, { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['Buy milk', 'From a program', 'Typed while it was away']))
    await expect.poll(() => saveSign(a.page).innerText(), { timeout: 30_000 }).toMatch(/^Saved$/)
  })

  test('[E2E8] nothing went wrong in either browser meanwhile', () => {
    const errors = [...a.errors, ...b.errors].filter((text) => !text.includes('WebSocket connection to'))
    expect(errors).toEqual([])
  })
})
