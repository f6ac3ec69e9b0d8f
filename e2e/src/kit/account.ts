import { randomUUID } from 'node:crypto'

export interface Account {
  readonly email: string
  readonly password: string
  readonly accessToken: string
  readonly workspaceId: string
}

export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** One JSON request, as a program would make it. */
export async function requestJson<T = Record<string, unknown>>(
  url: string,
  init: { method?: string; token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  const response = await fetch(url, {
    method: init.method ?? 'GET',
    headers: {
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(init.token === undefined ? {} : { authorization: `Bearer ${init.token}` }),
      ...init.headers,
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? null : JSON.parse(text)) as T,
  }
}

/** Makes an account with its first workspace. @throws When the answer is not 201. */
export async function signUp(url: string): Promise<Account> {
  const email = `${randomUUID()}@example.org`
  const password = randomUUID()
  const answer = await requestJson<{ accessToken: string; workspace: { id: string } }>(
    `${url}/api/auth/signup`,
    { method: 'POST', body: { email, password, name: 'Ada' } },
  )
  if (answer.status !== 201)
    throw new Error(`sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return { email, password, accessToken: answer.body.accessToken, workspaceId: answer.body.workspace.id }
}

/** A panel without NXML source: any JSON below `$state`. @returns Its id. */
export async function createFreeFormPanel(
  url: string,
  account: Account,
  initialState: Record<string, unknown> = {},
): Promise<string> {
  const answer = await requestJson<{ id: string }>(`${url}/api/panels`, {
    method: 'POST',
    token: account.accessToken,
    body: { workspaceId: account.workspaceId, name: 'Scratch', initialState },
  })
  if (answer.status !== 201) throw new Error(`panel: ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.id
}
