import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { answerHealth, listen } from '@nexus/core/server'
import { expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('check-health.ts', import.meta.url))

function checkHealth(port: number): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH ?? '', PORT: String(port) }
    const child = execFile(process.execPath, [SCRIPT], { env }, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    )
  })
}

test('[OPS72] a container is healthy exactly while its process is ready', async () => {
  let ready = true
  const http = await listen({
    port: 0,
    host: '127.0.0.1',
    handleRequest: (request, response) => {
      const health = async () => ({ ready, parts: { database: ready ? 'ok' : 'away' } })
      if (!answerHealth(request, response, health)) response.writeHead(404).end()
    },
    handleUpgrade: () => false,
  })
  expect(await checkHealth(http.port)).toEqual({ code: 0, stderr: '' })
  ready = false
  const refused = await checkHealth(http.port)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('"database":"away"')
  await http.close()
  expect((await checkHealth(http.port)).code).toBe(1)
})
