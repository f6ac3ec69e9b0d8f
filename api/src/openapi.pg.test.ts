import { readdirSync, readFileSync } from 'node:fs'
import { withTestDatabase } from '@nexus/core/testkit'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { textHtml } from './openapi/docs-html.ts'
import { RESPONSE_HEADERS } from './openapi/headers.ts'
import { OPERATIONS } from './openapi/openapi-document.ts'
import { startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

const documentedPaths = () => [...new Set(OPERATIONS.map(({ path }) => path))]

test('[OAS1] the document is valid OpenAPI 3.1, and anybody may read it', async () => {
  const api = await startTestApi({ db: database.db })
  const { status, headers, body } = await api.call('GET', '/api/openapi.json')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toContain('application/json')
  expect(body.openapi).toBe('3.1.0')
  const result = await new Validator().validate(body)
  expect(result.errors ?? []).toEqual([])
  expect(result.valid).toBe(true)
})

test('[OAS2] every path is served with the methods that are documented, and no other', async () => {
  const api = await startTestApi({ db: database.db })
  for (const path of documentedPaths()) {
    const { status, headers } = await api.call('OPTIONS', path.replaceAll(/\{\w+\}/g, 'x'))
    const documented = OPERATIONS.filter((operation) => operation.path === path).map(({ method }) =>
      method.toUpperCase(),
    )
    const served = (headers.get('allow') ?? '')
      .split(', ')
      .filter((method) => !['HEAD', 'OPTIONS'].includes(method))
    expect([path, status, served.toSorted()]).toEqual([path, 204, documented.toSorted()])
  }
})

test('[OAS2] no path is left out but those of the document itself', () => {
  const folder = new URL('routes/', import.meta.url)
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))
  const routed = sources.flatMap((source) => [...source.matchAll(/^ {2}route\(router, /gm)]).length
  expect(documentedPaths().length + 2).toBe(routed)
})

test('[OAS3] operations have names of their own, and those that are not public refuse strangers', async () => {
  const api = await startTestApi({ db: database.db })
  expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length)
  for (const { method, path, admits } of OPERATIONS) {
    if (admits === 'anyone') continue
    const { status, body } = await api.call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'))
    expect([path, status, body.code]).toEqual([path, 401, 'unauthorized'])
  }
})

test('[OAS4] a page for people names every operation, and loads nothing', async () => {
  const api = await startTestApi({ db: database.db })
  const { status, headers, body } = await api.call('GET', '/api/docs')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toContain('text/html')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  const text = body.replaceAll('<wbr>', '')
  for (const { method, path } of OPERATIONS) expect(text).toContain(`${method.toUpperCase()} ${path}`)
  for (const { description } of Object.values(RESPONSE_HEADERS)) expect(body).toContain(textHtml(description))
  expect(body).not.toMatch(/<script|src=|<link/)
})

test('[OAS5] the socket is described by the schemas of what is said on it, in the document and on the page', async () => {
  const api = await startTestApi({ db: database.db })
  const { body } = await api.call('GET', '/api/openapi.json')
  const [socket] = body['x-sockets']
  expect(socket).toMatchObject({
    path: '/ws/state/{workspaceId}',
    says: { $ref: '#/components/schemas/StateSocketRequest' },
    hears: { $ref: '#/components/schemas/StateMessage' },
  })
  expect(JSON.stringify(body.components.schemas.StateMessage)).toContain('state_sync')
  const page = await (await fetch(`${api.url}/api/docs`)).text()
  expect(page.replaceAll('<wbr>', '')).toContain('WS /ws/state/{workspaceId}')
  expect(page).toContain('id="schema-StateSocketRequest"')
})
