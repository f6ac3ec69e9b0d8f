import type { WorkspaceId } from '@nexus/core'

/** Where repositories are pushed to: one remote for each workspace, all on one server. */
export interface Remote {
  /** With `{workspaceId}`. */
  readonly url: string
  readonly user: string
  /** `null`: the server asks for none. */
  readonly token: string | null
}

export const PLACE = '{workspaceId}'

/** @returns What is wrong with the address, or `null`. Tokens belong elsewhere: addresses are logged and shown. */
export function problemOfUrl(text: string): string | null {
  if (!text.includes(PLACE)) return `must have ${PLACE} in it`
  const url = URL.parse(text.replace(PLACE, 'workspace'))
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'must be an http or https address'
  return url.username === '' && url.password === '' ? null : 'must not have a user or password in it'
}

export const urlFor = ({ url }: Remote, workspaceId: WorkspaceId): string => url.replace(PLACE, workspaceId)

/**
 * Git's settings for a remote, as variables: arguments can be read by every process of the machine. The token goes to
 * that server alone, also if it says that the repository is elsewhere now.
 */
export function settingsFor({ user, token }: Remote): Readonly<Record<string, string>> {
  const settings: [string, string][] = [
    ['http.followRedirects', 'false'],
    ['protocol.allow', 'never'],
    ['protocol.http.allow', 'always'],
    ['protocol.https.allow', 'always'],
    ['credential.helper', ''],
  ]
  if (token !== null) {
    const pair = Buffer.from(`${user}:${token}`).toString('base64')
    settings.push(['http.extraHeader', `Authorization: Basic ${pair}`])
  }
  const variables = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ])
  return { ...Object.fromEntries(variables), GIT_CONFIG_COUNT: String(settings.length) }
}
