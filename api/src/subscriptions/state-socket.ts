import type { Socket } from 'node:net'
import {
  CLOSE_CODES,
  ERRORS,
  type ErrorCode,
  isNexusError,
  NexusError,
  type PanelId,
  parsePanelId,
  parseVersion,
  type WorkspaceId,
} from '@nexus/core'
import { type StateSocketRequest, stateSocketRequest } from '@nexus/core/http-contract'
import type { VerifiedCaller } from '@nexus/core/server'
import type { WebSocket } from 'ws'
import { parse } from '../middleware/parse.ts'
import { endAt } from './end-at.ts'
import { errorText } from './state-messages.ts'
import type { Sink } from './subscription.ts'
import type { OpenedPanel, Subscriptions } from './subscriptions.ts'

/** Panels one socket may listen to. */
const MAX_PANELS = 200
/** Messages a client may send in a second. */
const MAX_MESSAGES_PER_SECOND = 200
/** A peer that does not take part in closing is cut after this long, ms. */
const CLOSE_GRACE_MS = 3_000
const PONG = JSON.stringify({ type: 'pong' })

interface StateSocketParts {
  readonly ws: WebSocket
  /** What `ws` stands on. */
  readonly stream: Socket
  readonly caller: VerifiedCaller
  readonly workspaceId: WorkspaceId
  readonly subscriptions: Subscriptions
  readonly onError: (error: unknown) => void
}

/** One client that listens to panels of one workspace. */
export class StateSocket {
  readonly #parts: StateSocketParts
  readonly #sink: Sink
  /** By panel; `null` while it is being opened. Each subscription has an entry of its own. */
  readonly #panels = new Map<PanelId, { opened: OpenedPanel | null }>()
  /** Who waits until the client has read what it was sent. */
  #waiting: (() => void)[] = []
  #messagesThisSecond = 0
  #isAlive = true
  /** Bytes that had gone out when the peer was last asked whether it lives. */
  #wroteUpTo = 0

  constructor(parts: StateSocketParts) {
    const { ws, stream } = parts
    this.#parts = parts
    this.#sink = {
      send: ({ text }) => this.#send(text),
      get backlogBytes() {
        return ws.bufferedAmount
      },
      whenDrained: (callback) => {
        this.#waiting.push(callback)
        if (!stream.writableNeedDrain) setImmediate(() => this.#goOn())
      },
    }
    stream.on('drain', () => {
      // Whoever does not read is not heard either: each message may be answered.
      ws.resume()
      this.#goOn()
    })
    ws.on('message', (data, isBinary) => this.#receive(isBinary ? null : String(data)))
    ws.on('pong', () => {
      this.#isAlive = true
    })
    // ws closes the socket itself and says why; without a listener the process would end.
    ws.on('error', () => {})
    const stopWaiting = endAt(parts.caller.expiresAt, () =>
      this.close(CLOSE_CODES.unauthorized, 'unauthorized'),
    )
    ws.once('close', () => {
      stopWaiting()
      for (const { opened } of this.#panels.values()) opened?.end()
      this.#panels.clear()
    })
  }

  close(code: number, reason: string): void {
    const { ws } = this.#parts
    if (ws.readyState !== ws.OPEN) return
    // A paused socket would never read the peer's answer.
    ws.resume()
    ws.close(code, reason)
    setTimeout(() => ws.terminate(), CLOSE_GRACE_MS).unref()
  }

  /** Called at a steady pace: cuts a peer that has neither answered nor read anything since the last time. */
  ping(): void {
    const { ws, stream } = this.#parts
    const wrote = stream.bytesWritten - stream.writableLength
    if (!this.#isAlive && wrote <= this.#wroteUpTo) ws.terminate()
    this.#isAlive = false
    ws.ping()
    this.#wroteUpTo = wrote
  }

  /** Called once a second. */
  refill(): void {
    this.#messagesThisSecond = 0
  }

  /** One after the other: each may send a whole state. */
  #goOn(): void {
    while (!this.#parts.stream.writableNeedDrain) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next()
    }
  }

  #send(text: string): void {
    if (this.#parts.ws.readyState === this.#parts.ws.OPEN) this.#parts.ws.send(text)
  }

  #receive(text: string | null): void {
    const { ws, stream } = this.#parts
    if (ws.readyState !== ws.OPEN) return
    if (stream.writableNeedDrain) ws.pause()
    this.#messagesThisSecond += 1
    if (this.#messagesThisSecond > MAX_MESSAGES_PER_SECOND) {
      this.close(CLOSE_CODES.rateLimited, 'too many messages')
      return
    }
    try {
      const message = parseRequest(text)
      if (message.type === 'ping') this.#send(PONG)
      else this.#turnTo(message)
    } catch (error) {
      if (!isNexusError(error)) throw error
      const { code, message, details } = error
      this.#refuse({
        code,
        message,
        ...(typeof details.pointer === 'string' ? { pointer: details.pointer } : {}),
      })
    }
  }

  #turnTo(message: Exclude<StateSocketRequest, { type: 'ping' }>): void {
    const panelId = parsePanelId(message.panelId)
    if (panelId === null) {
      const { title } = ERRORS.not_found
      this.#refuse({ code: 'not_found', message: title, panelId: message.panelId.slice(0, 100) })
      return
    }
    this.#panels.get(panelId)?.opened?.end()
    this.#panels.delete(panelId)
    if (message.type === 'unsubscribe') return
    if (this.#panels.size >= MAX_PANELS) {
      const detail = `One connection may listen to ${MAX_PANELS} panels.`
      this.#refuse({ code: 'rate_limited', message: detail, panelId })
      return
    }
    void this.#subscribe(panelId, message.fromVersion ?? null)
  }

  async #subscribe(panelId: PanelId, fromVersion: number | null): Promise<void> {
    const { subscriptions, caller, workspaceId } = this.#parts
    const entry: { opened: OpenedPanel | null } = { opened: null }
    this.#panels.set(panelId, entry)
    // Whoever has left it, or begun anew, while it was being opened, does not want this one.
    const isWanted = (): boolean => this.#panels.get(panelId) === entry
    try {
      const opened = await subscriptions.open(caller, { workspaceId, panelId })
      if (!isWanted()) {
        opened.end()
        return
      }
      entry.opened = opened
      opened.start({
        sink: this.#sink,
        fromVersion: fromVersion === null ? null : parseVersion(fromVersion),
        onOver: (code) => this.#over(panelId, code),
      })
    } catch (error) {
      if (!isWanted()) return
      if (!isNexusError(error)) this.#parts.onError(error)
      if (isNexusError(error)) this.#over(panelId, error.code, error.message)
      else this.#over(panelId, 'internal')
    }
  }

  #over(panelId: PanelId, code: ErrorCode, message: string = ERRORS[code].title): void {
    this.#panels.delete(panelId)
    if (code === 'unauthorized') this.close(CLOSE_CODES.unauthorized, code)
    else this.#refuse({ code, message, panelId })
  }

  #refuse(refusal: Parameters<typeof errorText>[0]): void {
    this.#send(errorText(refusal).text)
  }
}

/** @param text - `null`: a frame of bytes. @throws {NexusError} `validation_failed`. */
const parseRequest = (text: string | null): StateSocketRequest =>
  parse(stateSocketRequest, parseJson(text), { whole: 'message', part: 'field' })

function parseJson(text: string | null): unknown {
  try {
    if (text !== null) return JSON.parse(text)
  } catch {
    // Said below.
  }
  throw new NexusError('validation_failed', 'A message is one text frame of JSON.')
}
