import { type Document, Hocuspocus } from '@hocuspocus/server'
import type { Fanout, NexusError, NodeId, UpdateLog } from '@nexus/core'
import { CLOSE_CODES } from '@nexus/core'
import {
  type AppendQueue,
  createAppendQueue,
  createHeadWatch,
  type HeadWatch,
  type Schedule,
} from '@nexus/core/log'
import {
  type Access,
  type Credentials,
  createQueueMetrics,
  type Logger,
  type Metrics,
} from '@nexus/core/server'
import { type AccessCache, createAccessCache } from './access-cache.ts'
import type { CollabOptions } from './config.ts'
import { LiveDocument } from './documents/live-document.ts'
import { LiveDocuments } from './documents/live-documents.ts'
import { createAdmission } from './extensions/admission.ts'
import { createConnections } from './extensions/connections.ts'
import { DocumentDatabase } from './extensions/document-database.ts'
import { createEcho } from './extensions/echo.ts'
import { createOneWrite } from './extensions/one-write.ts'
import { createPace } from './extensions/pace.ts'
import { createPresence, type Presence } from './extensions/presence.ts'
import { createSaving } from './extensions/saving.ts'
import { createSignIn } from './extensions/sign-in.ts'
import { createUnloadGuard } from './extensions/unload-guard.ts'
import { Rights } from './rights.ts'
import { HOCUSPOCUS } from './transport/dialect.ts'
import { createOutgoing } from './transport/outgoing.ts'
import { CollabSocket, type ConnectionContext } from './transport/socket.ts'
import { SocketRegistry } from './transport/socket-registry.ts'
import type { OpenedSocket } from './transport/upgrade.ts'
import { createYWebSocketDialect } from './y-websocket/y-websocket-dialect.ts'

interface AssemblyParts extends Credentials {
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly nodeId: NodeId
  readonly options: CollabOptions
  readonly logger: Logger
  readonly metrics: Metrics
  readonly access: Pick<Access, 'workspaceAccess'>
}

/** The parts of a running collaboration server. */
export interface Collab {
  readonly hocuspocus: Hocuspocus<ConnectionContext>
  readonly queue: AppendQueue
  readonly headWatch: HeadWatch
  readonly documents: LiveDocuments
  readonly registry: SocketRegistry
  readonly rights: Rights
  readonly presence: Presence
  readonly openSocket: (opened: OpenedSocket) => void
}

/**
 * Up to some five hundred edits a second each has its commit at once; above, they come to share some sixty commits: each
 * costs as much CPU as some tens of edits in it.
 */
const BATCH_GAP_MS_PER_EDIT = 2
const MAX_BATCH_GAP_MS = 16

/**
 * What every hook's payload carries. Its address is a path only: Hocuspocus parses a full one anew for every hook of
 * every message.
 */
const REQUEST = Object.defineProperty(new Request('http://localhost/collab'), 'url', { value: '/collab' })

export function assemble(parts: AssemblyParts): Collab {
  const { fanout, nodeId, options, logger } = parts
  const now = () => performance.now()
  const onError = (error: unknown) => logger.debug({ err: error }, 'the log could not be read; trying again')
  const toOutgoing = createOutgoing()
  const echo = createEcho()
  const documents = new LiveDocuments()
  const registry = new SocketRegistry({
    maxSockets: options.COLLAB_MAX_SOCKETS,
    maxPerAddress: options.COLLAB_MAX_SOCKETS_PER_ADDRESS,
    maxPerUser: options.COLLAB_MAX_SOCKETS_PER_USER,
  })
  const queueMetrics = createQueueMetrics(parts.metrics)
  const queue = createAppendQueue({
    ...parts,
    onBatch: queueMetrics.onBatch,
    maxWaitingBytes: options.COLLAB_MAX_UNSAVED_BYTES,
    schedule: withoutHoldingUp,
    batchGapMs: (editCount) => Math.min(MAX_BATCH_GAP_MS, editCount * BATCH_GAP_MS_PER_EDIT),
    onError: (error) => logger.error({ err: error }, 'edits could not be saved'),
  })
  queueMetrics.watch(queue)
  const headWatch = createHeadWatch({
    ...parts,
    intervalMs: options.COLLAB_HEAD_POLL_MS,
    intervalAloneMs: options.COLLAB_HEAD_POLL_ALONE_MS,
    onError,
  })
  const access: AccessCache = createAccessCache({
    access: parts.access,
    keepMs: options.COLLAB_ACCESS_CACHE_MS,
    now,
  })
  const rights = new Rights({ ...parts, access })
  const presence = createPresence({
    fanout,
    nodeId,
    logger,
    delayMs: options.COLLAB_PRESENCE_DELAY_MS,
    renewalMs: options.COLLAB_PRESENCE_RENEWAL_MS,
    silenceMs: options.COLLAB_PRESENCE_SILENCE_MS,
    now,
  })

  const open = (document: Document, name: LiveDocument['name']): Promise<LiveDocument> =>
    LiveDocument.open({ ...parts, queue, headWatch, document, name, onAllSaved, onLost, onError })
  const database = new DocumentDatabase({
    ...parts,
    documents,
    loadTimeoutMs: options.COLLAB_LOAD_TIMEOUT_MS,
    open,
  })

  const hocuspocus = new Hocuspocus<ConnectionContext>({
    // Each of one concern, in the order their hooks run.
    extensions: [
      createUnloadGuard({ documents }),
      createSignIn({ ...parts, access, registry }),
      database,
      createSaving({ documents, onSaving }),
      presence.extension,
      createConnections({
        documents,
        rights,
        maxPerDocument: options.COLLAB_MAX_CONNECTIONS_PER_DOCUMENT,
      }),
      createPace(),
      echo.extension,
      createOneWrite(),
      createAdmission({ documents, maxDocumentBytes: options.COLLAB_MAX_DOCUMENT_BYTES }),
    ],
    ...pendingLimits(options),
  })

  let isPaused = false

  function onSaving(): void {
    if (!queue.isFull) return
    isPaused = true
    for (const socket of registry) socket.pause('store')
  }

  function onAllSaved(live: LiveDocument): void {
    readOn()
    // Not in this turn: an unloading that was vetoed a moment ago has to end first.
    if (database.isOverdue(live) || live.document.getConnectionsCount() === 0) setImmediate(() => tidy(live))
  }

  function readOn(): void {
    if (!isPaused || queue.waitingBytes * 2 > options.COLLAB_MAX_UNSAVED_BYTES) return
    isPaused = false
    for (const socket of registry) socket.resume('store')
  }

  /** What had to wait for edits to be saved. */
  function tidy(live: LiveDocument): void {
    if (database.isOverdue(live)) database.storeNow(hocuspocus, live)
    else hocuspocus.unloadDocument(live.document).catch(onHookFailure)
  }

  function onLost({ name, document }: LiveDocument, error: NexusError): void {
    readOn()
    logger.warn({ err: error, document: name }, 'an open document was given up')
    for (const connection of document.getConnections()) {
      if (error.code === 'not_found') connection.close({ code: CLOSE_CODES.notFound, reason: error.code })
      else connection.context.socket.close(CLOSE_CODES.internal, 'the document had to be closed')
    }
  }

  function onHookFailure(error: unknown): void {
    logger.error({ err: error }, 'a document could not be unloaded')
  }

  function openSocket(opened: OpenedSocket): void {
    const { ws, room } = opened
    const socket = new CollabSocket({
      ...opened,
      toOutgoing,
      dialect: room === null ? HOCUSPOCUS : createYWebSocketDialect(room.document),
      isEcho: echo.isEcho,
      limits: {
        maxUpdateBytes: options.COLLAB_MAX_UPDATE_BYTES,
        maxUnsavedBytes: options.COLLAB_MAX_UNSAVED_BYTES_PER_SOCKET,
        maxDocuments: options.COLLAB_MAX_DOCUMENTS_PER_SOCKET,
        messagesPerSecond: options.COLLAB_MESSAGES_PER_SECOND,
        messageBurst: options.COLLAB_MESSAGE_BURST,
        dropAwarenessBytes: options.COLLAB_DROP_AWARENESS_BYTES,
        maxBacklogBytes: options.COLLAB_MAX_BACKLOG_BYTES,
      },
      onAwareness: presence.take,
      onError: (error) => logger.error({ err: error }, 'a message could not be handled'),
    })
    registry.add(socket)
    const signInTimer = setTimeout(() => {
      if (socket.caller === null) socket.close(CLOSE_CODES.unauthorized, 'nobody signed in')
    }, options.COLLAB_SIGN_IN_TIMEOUT_MS)
    ws.once('close', () => {
      clearTimeout(signInTimer)
      registry.remove(socket)
    })
    socket.attach(hocuspocus.handleConnection(socket, REQUEST, { socket }))
    if (room !== null) socket.signIn(room.document, room.token)
  }

  return { hocuspocus, queue, headWatch, documents, registry, rights, presence, openSocket }
}

/** A process that has given up waiting for the database shall end, though the queue would still try. */
const withoutHoldingUp: Schedule = (task, afterMs) => {
  const timer = setTimeout(task, afterMs).unref()
  return () => clearTimeout(timer)
}

/** A client that opens hundreds of documents at once must not look like an attack (a loop of reconnects with 100). */
function pendingLimits(options: CollabOptions) {
  const documents = options.COLLAB_MAX_DOCUMENTS_PER_SOCKET
  return {
    quiet: true,
    maxPendingDocuments: Math.max(5_000, documents),
    maxUnauthenticatedQueueMessages: documents * 4 + 1_000,
    maxUnauthenticatedQueueSize: Math.max(8_000_000, options.COLLAB_MAX_UPDATE_BYTES * 2),
  }
}
