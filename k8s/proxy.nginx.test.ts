import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemSchema } from '../core/src/wire/http-contract/problem.ts'
import { createStudioFiles } from '../standalone/src/studio-files.ts'
import { parseSeen, type Seen, startEchoServer } from './testkit/echo-server.ts'
import { startNginx } from './testkit/nginx.ts'
import { PUBLIC_ROUTES } from './testkit/routes.ts'

const resources = new AsyncDisposableStack()
let origin = ''
let studioOnly = ''
let standalone = ''
let proxyLog: () => string

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A built studio of four files. */
async function buildStudio(): Promise<string> {
  const dist = await mkdtemp(join(tmpdir(), 'nexus-studio-'))
  resources.defer(() => rm(dist, { recursive: true }))
  // nginx's workers are somebody else when root runs the tests.
  await chmod(dist, 0o755)
  await mkdir(join(dist, 'assets'))
  await writeFile(join(dist, 'index.html'), '<!doctype html><title>Nexus</title>\n')
  await writeFile(join(dist, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>\n')
  await writeFile(join(dist, 'assets/index-0a1b2c3d.js'), 'export {}\n'.repeat(200))
  await writeFile(join(dist, 'assets/sandbox-4e5f.wasm'), Buffer.from([0, 0x61, 0x73, 0x6d]))
  return dist
}

async function serveAsStandalone(dist: string): Promise<string> {
  const server = createServer(createStudioFiles(dist)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  resources.defer(async () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  const studioDist = await buildStudio()
  standalone = await serveAsStandalone(studioDist)
  const api = resources.use(await startEchoServer('api'))
  const collabServer = resources.use(await startEchoServer('collab-server'))
  const snapshots = resources.use(await startEchoServer('snapshots'))
  const targets = {
    api: `127.0.0.1:${api.port}`,
    collab_server: `127.0.0.1:${collabServer.port}`,
    snapshots: `127.0.0.1:${snapshots.port}`,
  }
  const proxy = await startNginx({ image: 'proxy', studioDist, targets, port: await freePort() })
  resources.use(proxy)
  proxyLog = proxy.log
  origin = `http://127.0.0.1:${proxy.port}`
  const studio = await startNginx({ image: 'studio', studioDist, port: await freePort() })
  resources.use(studio)
  studioOnly = `http://127.0.0.1:${studio.port}`
})

afterAll(() => resources.disposeAsync())

/** Opens a WebSocket and resolves with the first message, which says what reached the server. */
async function openSocket(path: string): Promise<Seen> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`)
  const message = await new Promise<string>((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => resolve(String(data)))
    socket.addEventListener('error', () => reject(new Error(`no WebSocket at ${path}`)))
  })
  socket.close()
  return parseSeen(message)
}

const seenBy = async (path: string, headers: Record<string, string> = {}): Promise<Seen> =>
  parseSeen(await (await fetch(`${origin}${path}`, { headers })).text())

/** A request whose path is sent as written, which `fetch` would tidy up first. */
function rawStatus(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin)
    request({ hostname, port, path }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('what goes where', () => {
  const toServers = PUBLIC_ROUTES.filter(
    ({ service, path }) => service !== 'studio' && !path.endsWith('/events'),
  )

  test.each(
    toServers.filter(({ isSocket }) => !isSocket).map((route) => [route.path, route.service] as const),
  )('[OPS54] %s is answered by %s, path and query as sent', async (path, service) => {
    const seen = await seenBy(`${path}?pointer=%2F%24state%2Fa&x=1`)
    expect(seen).toMatchObject({ server: service, url: `${path}?pointer=%2F%24state%2Fa&x=1` })
  })

  test.each(
    toServers.filter(({ isSocket }) => isSocket).map((route) => [route.path, route.service] as const),
  )('[OPS55] a WebSocket to %s is opened by %s', async (path, service) => {
    expect(await openSocket(`${path}?token=abc`)).toMatchObject({ server: service, url: `${path}?token=abc` })
  })

  test.each(PUBLIC_ROUTES.filter(({ service }) => service === 'studio').map(({ path }) => path))(
    '[OPS68] %s reaches no server',
    async (path) => {
      expect(await (await fetch(`${origin}${path}`)).text()).not.toContain('"server"')
    },
  )

  test('[OPS56] metrics and the servers’ probes cannot be reached, however the path is written', async () => {
    const hidden = [
      '/metrics',
      '/metrics/',
      '/health',
      '/health/startup',
      '/api/../metrics',
      '//metrics',
      '/%6detrics',
    ]
    for (const path of [...hidden, '/collab/../metrics', '/api/%2e%2e/metrics', '/git/../health/x']) {
      const { status, body } = await rawStatus(path)
      expect(`${path} ${status} ${body}`).toBe(`${path} 404 There is no such file.\n`)
    }
    const probe = await fetch(`${origin}/health/ready`)
    expect([probe.status, await probe.json()]).toEqual([200, { ready: true, parts: {} }])
  })

  test('[OPS57] each event of a stream arrives while the stream is open', async () => {
    const response = await fetch(`${origin}/api/state/w/p/events`)
    const reader = response.body?.getReader()
    const nextEvent = async () => new TextDecoder().decode((await reader?.read())?.value)
    expect(await nextEvent()).toBe('data: first\n\n')
    await seenBy('/api/publish')
    expect(await nextEvent()).toBe('data: next\n\n')
    await reader?.cancel()
  })
})

describe('what reaches a server', () => {
  test('[OPS58] knows the host as typed, the client’s address and whether TLS was used', async () => {
    const { headers } = await seenBy('/api/x')
    const host = new URL(origin).host
    expect(headers).toMatchObject({
      host,
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
    })
    const behindTls = await seenBy('/api/x', {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
    })
    expect(behindTls.headers).toMatchObject({
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'https',
    })
    const made = await seenBy('/api/x', { 'x-forwarded-proto': 'javascript' })
    expect(made.headers['x-forwarded-proto']).toBe('http')
  })

  test('[OPS59] has the request id that the client sent, or one of the proxy’s when it sent none or a strange one', async () => {
    expect((await seenBy('/api/x', { 'x-request-id': 'a-1.b:2' })).headers['x-request-id']).toBe('a-1.b:2')
    for (const strange of ['', '"} evil', 'x'.repeat(129)]) {
      const { headers } = await seenBy('/api/x', { 'x-request-id': strange })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
    }
  })

  test('[OPS60] keeps its strong ETag on the way back', async () => {
    const response = await fetch(`${origin}/api/state/w/p`, { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('etag')).toBe('"7"')
    await response.text()
  })

  test('[OPS61] has at least the bodies the servers accept; larger ones are refused with a problem', async () => {
    const send = (bytes: number, path = '/api/x') =>
      fetch(`${origin}${path}`, {
        method: 'POST',
        body: Buffer.alloc(bytes),
        headers: { 'x-request-id': 'r1' },
      })
    expect((await send(2_000_000)).status).toBe(200)
    expect((await send(3_000_000, '/api/workspaces/import')).status).toBe(200)
    const refused = await send(3_000_000)
    expect([refused.status, refused.headers.get('content-type')]).toEqual([413, 'application/problem+json'])
    expect(problemSchema.parse(await refused.json())).toMatchObject({
      code: 'payload_too_large',
      requestId: 'r1',
    })
  })
})

test('[OPS62] a server that is away is a problem the client may retry, and is found when it is back', async () => {
  const port = await freePort()
  const target = `127.0.0.1:${port}`
  const studioDist = await buildStudio()
  await using proxy = await startNginx({
    image: 'proxy',
    studioDist,
    targets: { api: target, collab_server: target, snapshots: target },
    port: await freePort(),
  })
  const ask = () =>
    fetch(`http://127.0.0.1:${proxy.port}/api/openapi.json`, { headers: { 'x-request-id': 'r2' } })
  const away = await ask()
  expect([away.status, away.headers.get('retry-after'), away.headers.get('x-request-id')]).toEqual([
    503,
    '1',
    'r2',
  ])
  expect(away.headers.get('content-type')).toBe('application/problem+json')
  expect(problemSchema.parse(await away.json())).toMatchObject({
    code: 'unavailable',
    requestId: 'r2',
    status: 503,
  })
  const back = createServer((_request, response) => response.end('back')).listen(port, '127.0.0.1')
  await once(back, 'listening')
  expect(await (await ask()).text()).toBe('back')
  back.closeAllConnections()
  back.close()
})

describe('the studio', () => {
  const paths = ['/', '/workspaces/w', '/index.html', '/favicon.svg', '/assets/index-0a1b2c3d.js']
  const compared = [
    'content-security-policy',
    'x-content-type-options',
    'referrer-policy',
    'cross-origin-opener-policy',
  ]

  async function look(from: string, path: string) {
    const response = await fetch(`${from}${path}`)
    const headers = [...compared, 'cache-control'].map((name) => [name, response.headers.get(name)])
    const type = response.headers
      .get('content-type')
      ?.split(';')[0]
      ?.replace('application/javascript', 'text/javascript')
    return { status: response.status, headers, type, body: await response.text() }
  }

  test.each([...paths, '/assets/sandbox-4e5f.wasm', '/assets/gone-ffff.js'])(
    '[OPS63] %s is the same from the proxy, from the image for clusters and from standalone',
    async (path) => {
      const expected = await look(standalone, path)
      expect(await look(origin, path)).toEqual(expected)
      expect(await look(studioOnly, path)).toEqual(expected)
      expect(expected.headers.map(([, value]) => value)).not.toContain(undefined)
    },
  )

  test('[OPS64] files with a hash in their name are kept for a year, the page is asked for each time', async () => {
    const cached = async (path: string) => (await fetch(`${origin}${path}`)).headers.get('cache-control')
    expect(await cached('/assets/index-0a1b2c3d.js')).toBe('public, max-age=31536000, immutable')
    expect(await cached('/workspaces/w')).toBe('no-cache')
  })

  test('[OPS65] scripts travel compressed', async () => {
    const response = await fetch(`${origin}/assets/index-0a1b2c3d.js`, {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    await response.text()
  })

  test('[OPS66] the version of nginx is nobody’s business', async () => {
    expect((await fetch(`${origin}/`)).headers.get('server')).toBe('nginx')
  })
})

test('[OPS67] the access log has a JSON line for each request, with its id and without its query', async () => {
  await fetch(`${origin}/api/logged?token=secret-token`, { headers: { 'x-request-id': 'log-1' } })
  await expect.poll(() => proxyLog()).toContain('log-1')
  const line = proxyLog()
    .split('\n')
    .find((text) => text.includes('log-1'))
  expect(JSON.parse(line ?? '')).toMatchObject({
    requestId: 'log-1',
    method: 'GET',
    path: '/api/logged',
    status: 200,
  })
  expect(proxyLog()).not.toContain('secret-token')
  expect(proxyLog()).not.toContain('/health/ready')
})
