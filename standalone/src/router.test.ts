import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Service } from '@nexus/core/server'
import { expect, onTestFinished, test } from 'vitest'
import { routeRequest } from './router.ts'

/** A part that says its name. */
const part = (name: string): Service => ({
  name,
  handleRequest: (_request, response) => void response.end(name),
  start: async () => undefined,
  drain: async () => undefined,
  health: async () => ({ ready: true, parts: {} }),
  [Symbol.asyncDispose]: async () => undefined,
})

test('[STF5] paths of the servers are never the page', async () => {
  const routes = {
    api: part('api'),
    collabServer: part('collab'),
    snapshots: part('snapshots'),
    studio: part('studio').handleRequest,
  }
  const server = createServer((request, response) =>
    routeRequest({ ...routes, studio: routes.studio ?? (() => undefined) }, request, response),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const answerTo = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  const servers = ['/api', '/api/x', '/.well-known/jwks.json', '/ws/state/w', '/collab', '/yjs/w/p']
  for (const path of [...servers, '/metrics', '/health/other', '/api?x'])
    expect([path, await answerTo(path)]).toEqual([path, 'api'])
  expect(await answerTo('/git/w.git/info/refs')).toBe('snapshots')
  for (const path of ['/', '/w/some', '/gitlab', '/apis', '/collaboration', '/assets/x.js'])
    expect([path, await answerTo(path)]).toEqual([path, 'studio'])
})
