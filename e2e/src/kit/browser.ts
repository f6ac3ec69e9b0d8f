import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Debian's Chromium; `npm test` installs it. CHROMIUM_PATH names another. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Without these Chromium looks for hosts that have nothing to do with the product. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Longer than anything a person should wait for on this page. */
const ACTION_TIMEOUT_MS = 15_000

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: QUIET })

/** One browser profile with one page, and what went wrong in it. */
export interface Window extends AsyncDisposable {
  readonly context: BrowserContext
  readonly page: Page
  /** Exceptions that nobody caught, and errors on the console other than refused requests. */
  readonly errors: readonly string[]
}

/** A fresh profile: no cookies, no storage. */
export async function openWindow(
  browser: Browser,
  options: {
    readonly width?: number
    readonly height?: number
    readonly colorScheme?: 'light' | 'dark'
  } = {},
): Promise<Window> {
  const { width = 1280, height = 800, colorScheme = 'light' } = options
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(ACTION_TIMEOUT_MS)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    const isRefusedRequest = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusedRequest) errors.push(message.text())
  })
  return { context, page, errors, [Symbol.asyncDispose]: () => context.close() }
}
