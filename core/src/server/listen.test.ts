import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { answerHealth } from './health-routes.ts'
import { listen } from './listen.ts'

const host = '127.0.0.1'

/** Sends raw bytes and resolves with everything the server said until it closed the connection. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(bytes))
    let said = ''
    socket.setEncoding('utf8')
    socket.on('data', (text) => {
      said += text
    })
    socket.on('close', () => resolve(said))
    socket.on('error', reject)
  })
}

const open = (port = 0) =>
  listen({
    port,
    host,
    handleRequest: (request, response) => {
      const health = async () => ({ ready: false, parts: { database: 'away' } })
      if (!answerHealth(request, response, health)) response.writeHead(418).end()
    },
    handleUpgrade: () => false,
  })

test('[SRV1] an upgrade nobody serves is answered with 404 and closed', async () => {
  const http = await open()
  const said = await exchange(
    http.port,
    'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  )
  expect(said).toMatch(/^HTTP\/1\.1 404 /)
  await http.close()
})

test('[SRV2] bytes that are not HTTP are answered with 400 and the server goes on', async () => {
  const http = await open()
  expect(await exchange(http.port, '\u0000garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect((await fetch(`http://${host}:${http.port}/`)).status).toBe(418)
  await http.close()
})

test('[SRV3] liveness is independent of readiness', async () => {
  const http = await open()
  expect((await fetch(`http://${host}:${http.port}/health/live`)).status).toBe(200)
  const ready = await fetch(`http://${host}:${http.port}/health/ready`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({ ready: false, parts: { database: 'away' } })
  await http.close()
})

test('[SRV4] a port that is taken is named, with what to set', async () => {
  const http = await open()
  await expect(open(http.port)).rejects.toThrow(
    `Port ${http.port} of ${host} cannot be opened: another process listens on it. Set PORT or HOST to another.`,
  )
  await http.close()
})

test('[SRV5] readiness answers in time when a part does not', async () => {
  const http = await listen({
    port: 0,
    host,
    handleRequest: (request, response) => {
      answerHealth(request, response, () => new Promise(() => undefined))
    },
    handleUpgrade: () => false,
  })
  const ready = await fetch(`http://${host}:${http.port}/health/ready`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({ ready: false, parts: { health: 'no answer within 2 s' } })
  await http.close()
})
