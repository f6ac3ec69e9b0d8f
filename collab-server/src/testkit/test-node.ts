import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { createNodeId, type Fanout, type NodeId, type UpdateLog } from '@nexus/core'
import { createLogger, listen } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import WebSocket from 'ws'
import * as Y from 'yjs'
import { type CollabOptions, type CollabServer, createCollabServer } from '../server.ts'

/** One collaboration server on a port of its own. */
export interface TestNode {
  readonly server: CollabServer
  readonly nodeId: NodeId
  readonly url: string
  /** Drops it without a word, as a killed process would. */
  kill(): Promise<void>
}

export async function startNode(parts: {
  readonly db: Db
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly options?: Partial<CollabOptions>
  readonly port?: number
}): Promise<TestNode> {
  const nodeId = createNodeId()
  const logger = createLogger({ service: 'test', level: 'silent' })
  const server = await createCollabServer({ ...parts, options: parts.options ?? {}, nodeId, logger })
  await server.start()
  const http = await listen({
    port: parts.port ?? 0,
    host: '127.0.0.1',
    handleRequest: (_request, response) => response.writeHead(404).end(),
    handleUpgrade: server.handleUpgrade,
  })
  return {
    server,
    nodeId,
    url: `ws://127.0.0.1:${http.port}/collab`,
    kill: async () => {
      await server[Symbol.asyncDispose]()
      await http.close()
    },
  }
}

/** A tab that is closed while it connects is no error. */
class PatientWebSocket extends WebSocket {
  constructor(url: string) {
    super(url)
    this.on('error', () => {})
  }
}

/** One person's browser tab: a socket with any number of documents. */
export class TestTab implements Disposable {
  readonly socket: HocuspocusProviderWebsocket
  readonly #token: string | (() => string)
  readonly #providers: HocuspocusProvider[] = []

  constructor(url: string, token: string | (() => string)) {
    this.#token = token
    this.socket = new HocuspocusProviderWebsocket({
      url,
      WebSocketPolyfill: PatientWebSocket,
      delay: 20,
      minDelay: 20,
      maxDelay: 100,
    })
  }

  open(
    name: string,
    options: { readonly document?: Y.Doc; readonly awareness?: HocuspocusProvider['awareness'] } = {},
  ): HocuspocusProvider {
    const provider = new HocuspocusProvider({
      websocketProvider: this.socket,
      name,
      document: options.document ?? new Y.Doc(),
      ...(options.awareness === undefined ? {} : { awareness: options.awareness }),
      token: this.#token,
    })
    provider.attach()
    this.#providers.push(provider)
    return provider
  }

  /** Closes the tab. */
  close(): void {
    for (const provider of this.#providers) provider.destroy()
    this.socket.destroy()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

export const stateOf = (provider: HocuspocusProvider) => provider.document.getMap('state')

/** "Saved" as the studio shows it. */
export const isSaved = (provider: HocuspocusProvider): boolean =>
  provider.isAuthenticated && provider.isSynced && !provider.hasUnsyncedChanges
