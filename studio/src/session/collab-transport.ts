// The only file that knows the provider.
import { HocuspocusProvider, HocuspocusProviderWebsocket, WebSocketStatus } from '@hocuspocus/provider'
import { isJsonObject, type Json } from '@nexus/core'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

/** What one document's connection says about itself. */
export interface DocumentFacts {
  readonly connected: boolean
  readonly authenticated: boolean
  readonly unsaved: boolean
  readonly readOnly: boolean
  readonly synced: boolean
  /** The server's word for saying no twice in a row; `null` while it lets us in or has not answered. */
  readonly refusal: string | null
}

export interface CollabDocument {
  readonly awareness: Awareness
  facts(): DocumentFacts
  close(): void
}

export interface CollabSocket {
  /**
   * Connects `doc` with the server's document of that name.
   *
   * @param onChange - The facts may have changed.
   * @param onMessage - Text the server sends beside the document.
   */
  openDocument(options: {
    readonly name: string
    readonly doc: Y.Doc
    onChange(): void
    onMessage(text: string): void
  }): CollabDocument
  /** Drops a connection that may be dead and tries at once. */
  probe(): void
  close(): void
}

interface CollabSocketOptions {
  /** `ws:` or `wss:`. */
  readonly url: string
  /** @param refused - The server has said no to the token it got last. */
  token(refused: boolean): Promise<string>
}

/** Pauses between tries to connect, ms: quick at first, never longer than a person is willing to wait. */
const RETRY = { delay: 500, minDelay: 300, maxDelay: 8_000, factor: 2, jitter: true }
/** A document the server closed alone (role changed, reset) is asked for again after this, ms, doubling each time. */
const ASK_AGAIN_MS = 400
const MOST_ASKS_IN_A_ROW = 6

/** Whether the document may only be read from now on; `null` for messages about something else. */
export function parseAccessChange(text: string): boolean | null {
  try {
    const value: Json = JSON.parse(text)
    if (!isJsonObject(value) || value.type !== 'access_changed') return null
    return typeof value.readOnly === 'boolean' ? value.readOnly : null
  } catch {
    return null
  }
}

interface DocumentOptions {
  readonly socket: HocuspocusProviderWebsocket
  readonly name: string
  readonly doc: Y.Doc
  readonly token: CollabSocketOptions['token']
  readonly onChange: () => void
  readonly onMessage: (text: string) => void
}

function openDocument({ socket, name, doc, token, onChange, onMessage }: DocumentOptions): CollabDocument {
  let isRefused = false
  let refusal: string | null = null
  /** The server's later word on writing, when the role changed while the document was open. */
  let readOnlyByNow: boolean | null = null
  let askCount = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const askAgain = (): void => {
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        provider.detach()
        provider.attach()
      },
      ASK_AGAIN_MS * 2 ** askCount,
    )
    askCount += 1
  }

  const isReadOnly = (): boolean =>
    provider.isAuthenticated && (readOnlyByNow ?? provider.authorizedScope === 'readonly')

  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name,
    document: doc,
    token: () => token(isRefused),
    onStatus: onChange,
    onSynced: () => {
      askCount = 0
      onChange()
    },
    onUnsyncedChanges: onChange,
    onStateless: ({ payload }) => {
      const wasReadOnly = isReadOnly()
      readOnlyByNow = parseAccessChange(payload) ?? readOnlyByNow
      // What was refused meanwhile, such as edits this browser kept, is not acknowledged later by itself.
      if (wasReadOnly && !isReadOnly()) provider.forceSync()
      onMessage(payload)
      onChange()
    },
    onAuthenticated: () => {
      isRefused = false
      refusal = null
      readOnlyByNow = null
      onChange()
    },
    onAuthenticationFailed: ({ reason }) => {
      // Once with a new token: the old one may have ended on the way. A second no is meant.
      if (isRefused || askCount >= MOST_ASKS_IN_A_ROW) refusal = reason
      else askAgain()
      isRefused = true
      onChange()
    },
    onClose: () => {
      // The socket lives on: the server closed this document alone, and the provider would not come back by itself.
      if (socket.status === WebSocketStatus.Connected && refusal === null && askCount < MOST_ASKS_IN_A_ROW)
        askAgain()
      onChange()
    },
  })
  provider.attach()

  const { awareness } = provider
  if (awareness === null) throw new Error('A document without awareness')
  return {
    awareness,
    facts: () => ({
      connected: socket.status === WebSocketStatus.Connected,
      authenticated: provider.isAuthenticated,
      unsaved: provider.hasUnsyncedChanges,
      readOnly: isReadOnly(),
      synced: provider.isSynced,
      refusal,
    }),
    close: () => {
      clearTimeout(timer)
      provider.destroy()
    },
  }
}

/** One WebSocket for all documents of a workspace. */
export function createCollabSocket({ url, token }: CollabSocketOptions): CollabSocket {
  const socket = new HocuspocusProviderWebsocket({ url, ...RETRY })
  return {
    openDocument: (options) => openDocument({ socket, token, ...options }),
    probe: () => {
      socket.disconnect()
      void socket.connect()
    },
    close: () => socket.destroy(),
  }
}
