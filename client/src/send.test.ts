import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isApiError } from './api-error.ts'
import { createClient } from './client.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void

/** A server that answers as the test says, and what it was asked. */
async function serverOf(handle: Handler) {
  const asked: { method: string; authorization: string | undefined; key: string | undefined }[] = []
  const server = createServer((request, response) => {
    request.resume()
    const key = request.headers['idempotency-key']
    asked.push({
      method: request.method ?? '',
      authorization: request.headers.authorization,
      key: typeof key === 'string' ? key : undefined,
    })
    handle(request, response, asked.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { asked, baseUrl: `http://127.0.0.1:${address.port}` }
}

const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
const STATE = {
  panelId: 'p',
  workspaceId: 'w',
  version: 1,
  state: { $state: {}, $computed: {} },
  updatedAt: 'now',
}
const WRITTEN = { success: true, version: 2, updatedAt: 'now' }
const failure = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

describe('a refused request', () => {
  test('[CLI2] is an ApiError with everything the problem document says', async () => {
    const { baseUrl } = await serverOf((_, response) =>
      json(response, 409, {
        type: 'urn:nexus:problem:version_conflict',
        title: 'The document has a newer version.',
        status: 409,
        code: 'version_conflict',
        detail: 'The newest version is 7.',
        requestId: 'r-1',
        currentVersion: 7,
      }),
    )
    const error = await failure(createClient({ baseUrl, token: 't' }).panel('w', 'p').patch([]))
    expect(isApiError(error, 'version_conflict')).toBe(true)
    expect(error).toMatchObject({
      status: 409,
      message: 'The newest version is 7.',
      requestId: 'r-1',
      details: { currentVersion: 7 },
    })
  })

  test('[CLI2] without a problem document says its status', async () => {
    const { baseUrl, asked } = await serverOf((_, response) => {
      response.writeHead(403).end('<html>no')
    })
    const error = await failure(createClient({ baseUrl }).panel('w', 'p').read())
    expect(error).toMatchObject({ status: 403, code: 'http_403' })
    expect(asked).toHaveLength(1)
  })
})

describe('another try', () => {
  test.each([429, 500, 502, 503, 504])('[CLI3] a read that is answered %i is tried again', async (status) => {
    const { baseUrl, asked } = await serverOf((_, response, number) =>
      number < 3 ? json(response, status, {}) : json(response, 200, STATE),
    )
    expect(await createClient({ baseUrl }).panel('w', 'p').read()).toEqual(STATE)
    expect(asked).toHaveLength(3)
  })

  test('[CLI3] a write whose connection breaks is sent again under the same key, and no other call has that key', async () => {
    const { baseUrl, asked } = await serverOf((request, response, number) => {
      if (number === 1) request.socket.destroy()
      else json(response, 200, WRITTEN)
    })
    const panel = createClient({ baseUrl }).panel('w', 'p')
    expect(await panel.increment('/$state/n')).toEqual(WRITTEN)
    await panel.increment('/$state/n')
    const keys = asked.map(({ key }) => key)
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[0])
  })

  test('[CLI3] a write without a key is never sent twice', async () => {
    const { baseUrl, asked } = await serverOf((request) => request.socket.destroy())
    const { http } = createClient({ baseUrl })
    const error = await failure(http.POST('/api/panels', { body: { workspaceId: 'w', name: 'n' } }))
    expect(isApiError(error, 'network')).toBe(true)
    expect(asked).toHaveLength(1)
  })

  test('[CLI3] tries end, with the last answer', async () => {
    const { baseUrl, asked } = await serverOf((_, response) => json(response, 503, { code: 'unavailable' }))
    const error = await failure(createClient({ baseUrl, maxTries: 2 }).panel('w', 'p').read())
    expect(error).toMatchObject({ status: 503, code: 'unavailable' })
    expect(asked).toHaveLength(2)
  })

  test('[CLI3] a server that asks for a long pause is left alone, and the pause is told', async () => {
    const { baseUrl, asked } = await serverOf((_, response) =>
      json(response, 429, {}, { 'retry-after': '60' }),
    )
    const error = await failure(createClient({ baseUrl }).panel('w', 'p').read())
    expect(error).toMatchObject({ status: 429, retryAfterMs: 60_000 })
    expect(asked).toHaveLength(1)
  })

  test('[CLI3] the caller’s signal ends it, also between tries', async () => {
    const stopping = new AbortController()
    const { baseUrl, asked } = await serverOf((_, response) => {
      json(response, 503, {})
      stopping.abort(new Error('enough'))
    })
    const error = await failure(createClient({ baseUrl }).panel('w', 'p').read({ signal: stopping.signal }))
    expect(String(error)).toContain('enough')
    expect(asked).toHaveLength(1)
  })

  test('[CLI3] an answer that breaks off is none: a read is tried again, a write without a key fails as one without answer', async () => {
    const { baseUrl, asked } = await serverOf((_, response, number) => {
      if (number === 2) return json(response, 200, STATE)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"panelId":', () => response.destroy())
    })
    const client = createClient({ baseUrl })
    expect(await client.panel('w', 'p').read()).toMatchObject({ version: 1 })
    expect(asked).toHaveLength(2)
    const error = await failure(client.http.POST('/api/panels', { body: { workspaceId: 'w', name: 'n' } }))
    expect(isApiError(error, 'network')).toBe(true)
    expect(asked).toHaveLength(3)
  })

  test('[CLI3] the time limits silence: a long answer may take longer, one that stops is a timeout', async () => {
    const text = JSON.stringify(STATE)
    const { baseUrl } = await serverOf((_, response, number) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': `${text.length}` })
      const sendFrom = (at: number): void => {
        if (at >= text.length) return void response.end()
        response.write(text.slice(at, at + 12))
        if (number === 1) setTimeout(() => sendFrom(at + 12), 100)
      }
      sendFrom(0)
    })
    const panel = createClient({ baseUrl, timeoutMs: 400, maxTries: 1 }).panel('w', 'p')
    const began = performance.now()
    expect(await panel.read()).toMatchObject({ version: 1 })
    expect(performance.now() - began).toBeGreaterThan(400)
    expect(await failure(panel.read())).toMatchObject({ status: 0, code: 'timeout' })
  })

  test('[CLI3] an answer that does not come in time is a timeout', async () => {
    const { baseUrl } = await serverOf(() => undefined)
    const error = await failure(createClient({ baseUrl, timeoutMs: 30, maxTries: 1 }).panel('w', 'p').read())
    expect(error).toMatchObject({ status: 0, code: 'timeout' })
  })
})

describe('the token', () => {
  test('[CLI4] that is refused is replaced once, and the request made again with its body', async () => {
    const { baseUrl, asked } = await serverOf((request, response) =>
      request.headers.authorization === 'Bearer new' ? json(response, 200, WRITTEN) : json(response, 401, {}),
    )
    const refused: string[] = []
    const token = {
      current: async () => 'old',
      replace: async (text: string) => {
        refused.push(text)
        return 'new'
      },
    }
    expect(await createClient({ baseUrl, token }).panel('w', 'p').replace({ n: 1 })).toEqual(WRITTEN)
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer new'])
    expect(refused).toEqual(['old'])
  })

  test('[CLI4] that has no other is refused for good', async () => {
    const { baseUrl, asked } = await serverOf((_, response) => json(response, 401, { code: 'unauthorized' }))
    const error = await failure(createClient({ baseUrl, token: 'old' }).panel('w', 'p').read())
    expect(isApiError(error, 'unauthorized')).toBe(true)
    expect(asked).toHaveLength(1)
  })
})
