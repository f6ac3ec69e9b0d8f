import { OIDC_CLIENT, startOidcProvider } from '@nexus/core/testkit'
import { onTestFinished } from 'vitest'
import type { ApiOptions } from '../config.ts'
import { startTestApi } from './test-api.ts'
import { TestBrowser } from './test-browser.ts'

export const SSO_CALLBACK = '/api/auth/sso/callback'

type Given = Omit<Parameters<typeof startTestApi>[0], 'options'>

/** An API that trusts the provider with that address. */
export async function startSsoApi(issuer: string, given: Given, options: Partial<ApiOptions> = {}) {
  const api = await startTestApi({
    ...given,
    options: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: OIDC_CLIENT.id,
      OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
      ...options,
    },
  })
  const isStudio = (url: string) => url.startsWith(api.url) && !url.startsWith(`${api.url}/api/`)
  return { api, isStudio, startUrl: `${api.url}/api/auth/sso/start` }
}

/** A provider, an API that trusts it, and people who sign in there. */
export async function startSso(given: Given, options: Partial<ApiOptions> = {}) {
  const provider = await startOidcProvider()
  onTestFinished(provider.stop)
  const { api, isStudio, startUrl } = await startSsoApi(provider.issuer, given, options)
  provider.serve(api.url + SSO_CALLBACK)
  /** @returns The page of the studio where they arrive. */
  const signIn = async (login: string, browser = new TestBrowser(), returnTo = ''): Promise<string> => {
    const query = returnTo === '' ? '' : `?returnTo=${encodeURIComponent(returnTo)}`
    const page = await browser.follow(startUrl + query, isStudio)
    const end = isStudio(page) ? page : await browser.follow(page, isStudio, { login, password: 'any' })
    return end.slice(api.url.length)
  }
  const tokenOf = async (browser: TestBrowser): Promise<string | null> => {
    const response = await browser.open(`${api.url}/api/auth/refresh`, {})
    return response.status === 200 ? ((await response.json()) as { accessToken: string }).accessToken : null
  }
  /** Who that browser is signed in as. */
  const whoIs = async (browser: TestBrowser) => {
    const token = await tokenOf(browser)
    return token === null ? null : (await api.call('GET', '/api/auth/me', { token })).body
  }
  return { api, provider, signIn, whoIs, tokenOf, startUrl, isStudio }
}
