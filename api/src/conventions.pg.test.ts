import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Writable } from 'node:stream'
import { createNodeId, ERROR_FIELDS, limits } from '@nexus/core'
import { problemSchema } from '@nexus/core/http-contract'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createLogger } from '@nexus/core/server'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { withTestDatabase } from '@nexus/core/testkit'
import express from 'express'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { createApi } from './app.ts'
import { createProblemHandler } from './middleware/problems.ts'
import { requestContext } from './middleware/request-context.ts'
import { PASSWORD, signUp, somePanel, startTestApi, TEST_SECRET } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })

describe('every answer', () => {
  test('[HTTP1] has a request id: the one sent when it is plain, else a new one', async () => {
    const api = await start()
    const idOf = async (given?: string) => {
      const headers: Record<string, string> = given === undefined ? {} : { 'x-request-id': given }
      return (await api.call('GET', '/api/nothing', { headers })).headers.get('x-request-id')
    }
    expect(await idOf('trace-1.2:3_x')).toBe('trace-1.2:3_x')
    expect(await idOf()).toMatch(/^[0-9a-f-]{36}$/)
    expect(await idOf('a b')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await idOf('x'.repeat(101))).toMatch(/^[0-9a-f-]{36}$/)
    expect(await idOf('"}{"level":"error')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('[HTTP2] is not sniffed, framed or kept', async () => {
    const api = await start()
    const answer = await api.call('POST', '/api/auth/login', { body: { email: 'a@b.co', password: 'x' } })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
    expect(answer.headers.has('x-powered-by')).toBe(false)
  })

  test('[HTTP3] from 400 on is a problem document with a code', async () => {
    const ann = await signUp(await start())
    const { path } = await somePanel(ann)
    const answers = [
      await ann.call('GET', '/api/nothing'),
      await ann.call('GET', '/other'),
      await ann.call('GET', '/api/panels/%E0%A4%A'),
      await ann.call('DELETE', path),
      await ann.call('GET', path, { token: null }),
      await ann.call('PUT', path, { raw: '{"state":', headers: { 'content-type': 'application/json' } }),
      await ann.call('PUT', path, { raw: 'x', headers: { 'content-type': 'application/xml' } }),
      await ann.call('PUT', path, {
        raw: '{}',
        headers: { 'content-type': 'application/json; charset=klingon' },
      }),
      await ann.call('PUT', path, {
        raw: '{}',
        headers: { 'content-type': 'application/json', 'content-encoding': 'zip' },
      }),
    ]
    for (const { status, headers, body } of answers) {
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
      const problem = problemSchema.parse(body)
      expect(problem).toMatchObject({
        status,
        type: `urn:nexus:problem:${problem.code}`,
        requestId: headers.get('x-request-id'),
      })
    }
    const codes = answers.map(({ body }) => body.code)
    expect(codes).toEqual([
      'not_found',
      'not_found',
      'bad_request',
      'method_not_allowed',
      'unauthorized',
      'malformed_json',
      'unsupported_media_type',
      'unsupported_media_type',
      'unsupported_media_type',
    ])
  })

  test('[ERR2] says more only in fields that are listed for its code', async () => {
    const ann = await signUp(await start())
    const { path, panelId } = await somePanel(ann)
    const batch = { changes: [{ panelId, patches: [{ op: 'remove', path: '/$state/x' }] }] }
    const refusals = [
      await ann.call('PUT', path, { body: { state: 1, version: 0 } }),
      await ann.call('PUT', path, { body: { state: { $state: {} }, version: 9 } }),
      await ann.call('PATCH', path, { body: [{ op: 'test', path: '/$state/x', value: 1 }] }),
      await ann.call('GET', `${path}?version=9`),
      await ann.call('POST', `/api/state/${ann.workspaceId}/batch`, { body: batch }),
      await ann.call('POST', '/api/panels', { body: { workspaceId: ann.workspaceId, nxmlSource: '<x' } }),
    ]
    const fieldsOf = ({ body }: (typeof refusals)[number]) =>
      Object.keys(body).filter((name) => name in ERROR_FIELDS)
    expect(refusals.map((each) => [each.body.code, ...fieldsOf(each).toSorted()])).toEqual([
      ['validation_failed', 'errors', 'pointer'],
      ['validation_failed', 'currentVersion', 'pointer'],
      ['patch_test_failed', 'operation', 'pointer'],
      ['not_found', 'currentVersion'],
      ['invalid_patch', 'change', 'operation', 'pointer'],
      ['invalid_nxml', 'column', 'diagnostics', 'line'],
    ])
  })

  test('[HTTP4] a known address with another method says which ones it knows', async () => {
    const api = await start()
    const answer = await api.call('DELETE', '/api/auth/login')
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS')
    const options = await api.call('OPTIONS', '/api/library')
    expect(options.status).toBe(204)
    expect(options.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    const ann = await signUp(api)
    expect(await ann.call('HEAD', '/api/workspaces')).toMatchObject({ status: 200, body: null })
  })
})

describe('bodies', () => {
  test('[HTTP5] too many bytes are 413, on every route that takes a body', async () => {
    const ann = await signUp(await start())
    const { path } = await somePanel(ann)
    const raw = `"${'x'.repeat(limits.MAX_BODY_BYTES)}"`
    for (const [method, address] of [
      ['PUT', path],
      ['PATCH', path],
      ['POST', '/api/panels'],
      ['POST', '/api/auth/login'],
    ] as const) {
      const answer = await ann.call(method, address, { raw, headers: { 'content-type': 'application/json' } })
      expect(answer, address).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    }
  })

  test('[HTTP6] nesting deeper than 32 levels is refused with the place', async () => {
    const ann = await signUp(await start())
    const { path, read } = await somePanel(ann)
    const nested = (levels: number) => `{"state":{"$state":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}}`
    const send = (raw: string) =>
      ann.call('PUT', path, { raw, headers: { 'content-type': 'application/json' } })
    expect((await send(nested(30))).status).toBe(200)
    expect((await send(nested(40))).status).toBe(422)
    expect((await send('['.repeat(900_000))).status).toBe(400)
    expect((await send(`${'['.repeat(900_000)}${']'.repeat(900_000)}`)).status).toBe(422)
    expect((await read()).body.version).toBe(2)
  })

  test('[HTTP7] only signed-in people can make the server read a body', async () => {
    const api = await start()
    const answer = await api.call('POST', '/api/panels', {
      raw: '{',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(401)
  })
})

describe('when the database is away', () => {
  test('[HTTP8] requests are told to come back, and the service is not ready', async () => {
    const { db, close } = await openPostgres({ url: database.url })
    const api = await start({ db })
    const ann = await signUp(api)
    const { path } = await somePanel(ann)
    await close()
    const answers = [
      await ann.call('GET', path),
      await ann.call('PUT', path, { body: { state: { $state: {} } } }),
      await ann.call('GET', '/api/workspaces'),
      await api.call('POST', '/api/auth/login', { body: { email: ann.email, password: PASSWORD } }),
      await api.call('POST', '/api/auth/refresh', { body: { sessionToken: ann.sessionToken } }),
      await api.call('POST', '/api/auth/signup', {
        body: { email: 'q@b.co', password: PASSWORD, name: 'q' },
      }),
      await api.call('GET', '/.well-known/jwks.json'),
    ]
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
      expect(answer.headers.get('retry-after')).toBe('2')
    }
  })

  test('[HTTP9, MAIL3] readiness says which part is missing', async () => {
    const { db, close } = await openPostgres({ url: database.url })
    const service = await createApi({
      db,
      log: createSqlUpdateLog(db),
      fanout: createMemoryFanout(),
      nodeId: createNodeId(),
      options: { AUTH_SECRET: TEST_SECRET },
      logger: createLogger({ service: 'api', level: 'silent' }),
    })
    expect(await service.health()).toEqual({
      ready: true,
      parts: { database: 'ok', fanout: 'ok', mail: 'not configured' },
    })
    await close()
    expect(await service.health()).toMatchObject({ ready: false, parts: { database: 'away' } })
    await service[Symbol.asyncDispose]()
  })
})

describe('the request log', () => {
  test('[HTTP10] has one line per request, and no secret ever', async () => {
    const lines: string[] = []
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    })
    const api = await start({ logger: pino(sink) })
    const ann = await signUp(api)
    await ann.call('GET', '/api/workspaces?status=active&token=hunter2')
    await api.call('POST', '/api/auth/login', { body: { email: ann.email, password: 'hunter2-wrong' } })
    const parsed = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    while (parsed().length < 3) await new Promise(setImmediate)
    expect(parsed()).toMatchObject([
      { method: 'POST', path: '/api/auth/signup', status: 201, requestId: expect.any(String) },
      {
        method: 'GET',
        path: '/api/workspaces',
        status: 200,
        userId: ann.userId,
        durationMs: expect.any(Number),
      },
      { method: 'POST', path: '/api/auth/login', status: 401, userId: null },
    ])
    const text = lines.join('')
    for (const secret of ['hunter2', PASSWORD, ann.token, ann.sessionToken, ann.email]) {
      expect(text).not.toContain(secret)
    }
  })

  test('[HTTP11] a client that goes away in the middle of its body harms nobody', async () => {
    const api = await start()
    const { port } = new URL(api.url)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"em',
        )
        socket.end(() => resolve())
      })
      socket.on('error', () => resolve())
    })
    expect((await api.call('GET', '/.well-known/jwks.json')).status).toBe(200)
  })

  test('[HTTP18] a body that ends early is no failure of ours', async () => {
    const wentAway = Object.assign(new Error('request aborted'), { status: 400, code: 'ECONNABORTED' })
    const app = express()
    app.use(requestContext, (_request, _response, next) => next(wentAway))
    app.use(createProblemHandler(createLogger({ service: 'api', level: 'silent' })))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/`)
    server.close()
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'bad_request' })
  })
})
