import { type StateMessage, stateMessage } from '@nexus/core/http-contract'
import { afterEach, vi } from 'vitest'
import { WebSocket } from 'ws'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Event {
  readonly id: string | null
  readonly type: string
  readonly message: StateMessage
}

/** Server-Sent Events as a program reads them; closed at the end of the test. */
export async function openEvents(
  url: string,
  headers: Record<string, string> = {},
  giveUp = new AbortController(),
) {
  closers.push(() => giveUp.abort())
  const response = await fetch(url, { headers, signal: giveUp.signal })
  const events: Event[] = []
  const state = { isEnded: false }
  const read = async (): Promise<void> => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n')
      text = blocks.pop() ?? ''
      events.push(...blocks.flatMap(toEvent))
    }
  }
  if (response.ok) {
    const end = (): void => {
      state.isEnded = true
    }
    read().then(end, end)
  }
  return { response, events, state, close: () => giveUp.abort() }
}

function toEvent(block: string): Event[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
  )
  const data = fields.get('data')
  if (data === undefined) return []
  return [
    {
      id: fields.get('id') ?? null,
      type: fields.get('event') ?? '',
      message: stateMessage.parse(JSON.parse(data)),
    },
  ]
}

/** A client of `/ws/state/…`; closed at the end of the test. */
export async function openStateSocket(url: string) {
  const ws = new WebSocket(url.replace(/^http/, 'ws'))
  closers.push(() => ws.terminate())
  const messages: StateMessage[] = []
  const state: { closeCode: number | null } = { closeCode: null }
  ws.on('message', (data) => void messages.push(stateMessage.parse(JSON.parse(String(data)))))
  ws.on('close', (code) => {
    state.closeCode = code
  })
  await new Promise((resolve, reject) => {
    ws.once('open', resolve)
    ws.once('error', reject)
  })
  return {
    ws,
    messages,
    state,
    say: (message: unknown) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
    /** Those about one panel. */
    of: (panelId: string) =>
      messages.filter((message) => 'panelId' in message && message.panelId === panelId),
  }
}

/** Resolves as soon as `condition` holds. */
export const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error(`It did not come to: ${condition}`)
    },
    { timeout: 10_000, interval: 5 },
  )
