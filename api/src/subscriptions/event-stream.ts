import type { Response } from 'express'
import type { StateText } from './state-messages.ts'
import type { Sink } from './subscription.ts'

/** Proxies and browsers give up a connection on which nothing comes for a minute or so. */
const PING_MS = 20_000
/** What a browser waits before it connects again, ms. */
const RETRY_MS = 1_000
/** A reader that does not take what is left is cut after this long, ms. */
const END_GRACE_MS = 3_000

interface EventStream extends Sink {
  /** Nothing can be sent afterwards. */
  end(): void
}

/** Turns an answer into Server-Sent Events (HTML standard, 9.2): one event a message, its id the version. */
export function openEventStream(response: Response): EventStream {
  response.status(200)
  response.setHeader('content-type', 'text/event-stream; charset=utf-8')
  response.setHeader('cache-control', 'no-store')
  // nginx would gather it.
  response.setHeader('x-accel-buffering', 'no')
  response.write(`retry: ${RETRY_MS}\n\n`)
  const ping = setInterval(() => response.write(': ping\n\n'), PING_MS)
  response.once('close', () => clearInterval(ping))
  return {
    send: (message) => void response.write(toEvent(message)),
    get backlogBytes() {
      return response.writableLength
    },
    whenDrained(callback) {
      if (response.writableNeedDrain) response.once('drain', callback)
      else setImmediate(callback)
    },
    end() {
      clearInterval(ping)
      response.end()
      const cut = setTimeout(() => response.destroy(), END_GRACE_MS).unref()
      response.once('close', () => clearTimeout(cut))
    },
  }
}

/** `error` is what browsers call a broken connection. */
function toEvent({ type, version, text }: StateText): string {
  const id = version === null ? '' : `id: ${version}\n`
  return `${id}event: ${type === 'error' ? 'state_error' : type}\ndata: ${text}\n\n`
}
