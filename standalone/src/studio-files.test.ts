import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStudioFiles } from './studio-files.ts'

const dist = mkdtempSync(join(tmpdir(), 'nexus-studio-files-'))
const server = createServer(createStudioFiles(dist))
let origin = ''

beforeAll(async () => {
  mkdirSync(join(dist, 'assets'))
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>Nexus</title>')
  writeFileSync(join(dist, 'assets', 'index-abc123.js'), 'export const answer = 42\n'.repeat(1_000))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
  rmSync(dist, { recursive: true })
})

test('[STF1] every path that is no file is the one page, never kept without asking', async () => {
  const page = await fetch(`${origin}/w/some/p/panel`)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<title>Nexus</title>')
  expect(page.headers.get('cache-control')).toBe('no-cache')
})

test('[STF2] files with a hash in their name are kept for a year, and sent compressed', async () => {
  const file = await fetch(`${origin}/assets/index-abc123.js`, { headers: { 'accept-encoding': 'gzip' } })
  expect(file.headers.get('cache-control')).toContain('immutable')
  expect(file.headers.get('content-encoding')).toBe('gzip')
})

test('[STF3] a file that is not there is 404, and no path leads out of the folder', async () => {
  for (const path of ['/assets/gone.js', '/assets/..%2f..%2fpackage.json', '/assets/%00'])
    expect((await fetch(`${origin}${path}`)).status).toBe(404)
})

test('[STF4] the page runs our own scripts only and is shown in no frame', async () => {
  const policy = (await fetch(`${origin}/`)).headers.get('content-security-policy') ?? ''
  expect(policy.split('; ')).toContain("script-src 'self' 'wasm-unsafe-eval'")
  expect(policy).toContain("frame-ancestors 'none'")
})
