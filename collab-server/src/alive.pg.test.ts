import { once } from 'node:events'
import { createMemoryFanout } from '@nexus/core/memory'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { frame, RawSocket } from './testkit/raw-socket.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()
const PING = 9

const isPing = (message: Uint8Array): boolean => message.length === 1 && message[0] === PING

async function signIn(url: string, document: string): Promise<RawSocket> {
  const socket = await RawSocket.open(url)
  socket.auth(document, nodes.signer.tokenOf('alice'))
  await until(() => socket.of(document, 2).length > 0)
  return socket
}

test('[COL95] a peer that says nothing and answers nothing is cut; one that answers pings stays', async () => {
  const { document } = await nodes.panel()
  const node = await nodes.start({ options: { COLLAB_PING_INTERVAL_MS: 100 } })
  using polite = await signIn(node.url, document)
  const dead = new WebSocket(node.url, { autoPong: false })
  await once(dead, 'open')
  dead.send(frame(document, 2, 0, nodes.signer.tokenOf('alice')))
  const [code] = await once(dead, 'close')
  // Without a handshake, which it would not answer either.
  expect(code).toBe(1006)
  let pings = 0
  polite.ws.on('ping', () => {
    pings += 1
  })
  await until(() => pings > 3)
  expect(polite.ws.readyState).toBe(WebSocket.OPEN)
})

test('[COL96] a client that hears nothing is pinged at the pace; one that hears something anyway is not', async () => {
  const { document, workspaceId } = await nodes.panel()
  const other = await nodes.panel()
  const fanout = createMemoryFanout()
  const node = await nodes.start({ fanout, options: { COLLAB_PING_INTERVAL_MS: 1_000 } })
  using quiet = await signIn(node.url, other.document)
  using busy = await signIn(node.url, document)
  const news = setInterval(() => fanout.publishNotice({ type: 'workspace_changed', workspaceId }), 50)
  await until(() => quiet.frames.filter(isPing).length > 2)
  clearInterval(news)
  // One at most, where the machine itself was silent for a second.
  expect(busy.frames.filter(isPing).length).toBeLessThan(2)
})
