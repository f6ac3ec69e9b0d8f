import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createClient } from './client.ts'
import type { PanelUpdate } from './followed-panel.ts'

/** A server that answers each message on its socket as the test says. */
async function socketServer(
  answer: (message: { type: string; fromVersion?: number }, asked: number) => unknown,
) {
  const asked: unknown[] = []
  const server = createServer((_, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data))
      asked.push(message)
      for (const each of [answer(message, asked.length)].flat())
        if (each !== undefined) socket.send(JSON.stringify(each))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { asked, baseUrl: `http://127.0.0.1:${address.port}` }
}

const sync = (version: number, n: number) => ({
  type: 'state_sync',
  panelId: 'p',
  version,
  state: { $state: { n }, $computed: {} },
  timestamp: 'now',
})
const update = (previousVersion: number, version: number, n: number) => ({
  type: 'state_update',
  panelId: 'p',
  previousVersion,
  version,
  patch: [{ op: 'replace', path: '/$state/n', value: n }],
  userId: null,
  triggeredBy: 'api',
  triggerSource: null,
  timestamp: 'now',
})

test('[CLI6] a server that cannot open the panel now is asked again; one that says it is gone is not', async () => {
  const { asked, baseUrl } = await socketServer((_, count) => {
    if (count <= 2) return { type: 'error', code: 'unavailable', message: 'later', panelId: 'p' }
    return count === 3 ? sync(4, 1) : undefined
  })
  const live = createClient({ baseUrl }).live('w')
  onTestFinished(() => live.close())
  const told: PanelUpdate[] = []
  live.follow('p', { onUpdate: (made) => told.push(made) })
  await expect.poll(() => told.map(({ version }) => version)).toEqual([4])
  expect(asked).toHaveLength(3)
})

test('[CLI6] a listener that throws keeps nobody else from being told', async () => {
  const thrown: unknown[] = []
  const catching = (error: unknown) => void thrown.push(error)
  const former = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', catching)
  onTestFinished(() => {
    process.off('uncaughtException', catching)
    for (const listener of former) process.on('uncaughtException', listener)
  })
  const { baseUrl } = await socketServer((message) =>
    message.type === 'subscribe' ? [sync(1, 0), update(1, 2, 5), update(2, 3, 6)] : undefined,
  )
  const live = createClient({ baseUrl }).live('w')
  onTestFinished(() => live.close())
  const told: number[] = []
  live.follow('p', {
    onUpdate: ({ version }) => {
      if (version === 2) throw new Error('a mistake in the program')
    },
  })
  live.follow('p', { onUpdate: ({ version }) => told.push(version) })
  await expect.poll(() => told).toEqual([1, 2, 3])
  expect(thrown).toEqual([new Error('a mistake in the program')])
})

test('[CLI6] what came twice is told once, and after a gap the whole state is asked for', async () => {
  const { asked, baseUrl } = await socketServer((message, count) => {
    if (message.type === 'unsubscribe') return undefined
    if (count === 1) return [sync(1, 0), update(1, 2, 5), update(1, 2, 5), update(3, 4, 9)]
    return sync(4, 9)
  })
  const live = createClient({ baseUrl }).live('w')
  onTestFinished(() => live.close())
  const told: PanelUpdate[] = []
  live.follow('p', { onUpdate: (made) => told.push(made) })
  await expect.poll(() => told.map(({ version }) => version)).toEqual([1, 2, 4])
  expect(told.map(({ state }) => state.$state.n)).toEqual([0, 5, 9])
  expect(told.map(({ change }) => change?.previousVersion ?? null)).toEqual([null, 1, null])
  expect(asked).toMatchObject([{ type: 'subscribe' }, { type: 'unsubscribe' }, { type: 'subscribe' }])
})

test('[CLI6] two who follow one panel share a subscription; the second is told at once, and the last one ends it', async () => {
  const { asked, baseUrl } = await socketServer((message) =>
    message.type === 'subscribe' ? sync(1, 0) : undefined,
  )
  const live = createClient({ baseUrl }).live('w')
  onTestFinished(() => live.close())
  const told: string[] = []
  const first = live.follow('p', { onUpdate: ({ version }) => told.push(`first ${version}`) })
  await expect.poll(() => told).toEqual(['first 1'])
  const other = live.follow('q', { onUpdate: () => undefined })
  const second = live.follow('p', { onUpdate: ({ version }) => told.push(`second ${version}`) })
  expect(told).toEqual(['first 1', 'second 1'])
  first()
  second()
  await expect
    .poll(() => asked)
    .toMatchObject([{ panelId: 'p' }, { panelId: 'q' }, { type: 'unsubscribe', panelId: 'p' }])
  other()
})
