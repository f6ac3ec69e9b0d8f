import type {
  DocumentName,
  Fanout,
  NodeId,
  Receipts,
  SavedMoment,
  StateAtVersion,
  StateCache,
  UpdateLog,
  Version,
} from '@nexus/core'
import type { JsonPatchOperation } from '@nexus/core/document'
import { type AppendQueue, createAppendQueue, createHeadWatch } from '@nexus/core/log'
import { createQueueMetrics, type Metrics } from '@nexus/core/server'
import { type BlameAt, createBlames } from './blames.ts'
import type { Change, Changed, ChangeLimits } from './change.ts'
import { changeTogether, type PartOfBatch } from './change-together.ts'
import { createDocumentWork, type DocumentWork } from './document-work.ts'
import { type PanelChange, patchesOf, readPatches } from './panel-patches.ts'
import { createPastDocuments, type PastDocument } from './past-documents.ts'
import { createRecentStates } from './recent-states.ts'
import { createStateMetrics } from './state-metrics.ts'

interface ReplicasOptions {
  readonly log: UpdateLog
  readonly receipts: Receipts
  readonly fanout: Fanout
  readonly nodeId: NodeId
  readonly onError: (error: unknown) => void
  /** Documents held in memory; those not used for longest go first. */
  readonly maxReplicas: number
  /** JSON and source text of versions held in memory, characters. */
  readonly maxCachedChars: number
  /** What other processes have built; `null`: nothing is shared. */
  readonly states: StateCache | null
  readonly metrics: Metrics
  readonly changeLimits: ChangeLimits
}

export interface ReadState {
  readonly state: StateAtVersion
  /** It was at hand. */
  readonly isHit: boolean
}

/** The documents as this process knows them. All of it can be thrown away: the log has everything. */
export interface Replicas {
  /** The document at `head` or newer; `head` must have been read from the database for this request. */
  readNewest(document: DocumentName, head: SavedMoment): Promise<ReadState>
  /** @throws {NexusError} `not_found` when there is no such version. */
  readVersion(document: DocumentName, version: Version): Promise<ReadState>
  /** What each of these versions did to the panel, see {@link readPatches}. */
  readPatches(
    document: DocumentName,
    range: { readonly from: Version; readonly to: Version },
  ): Promise<Map<Version, readonly JsonPatchOperation[]>>
  /** The same one after the other, with who and why, see {@link patchesOf}. */
  changes(
    document: DocumentName,
    range: { readonly from: Version; readonly to: Version },
  ): AsyncIterable<PanelChange>
  /** Who set what, see {@link Blames}. */
  readBlame(document: DocumentName, head: Version): Promise<BlameAt>
  /** See {@link Blames.forget}. */
  forgetBlame(document: DocumentName): void
  /** The document as it was, for the caller alone. @throws {NexusError} `not_found` when there is no such version. */
  openVersion(document: DocumentName, version: Version): Promise<PastDocument>
  /** See {@link DocumentWork.change}. */
  change(document: DocumentName, change: Change): Promise<Changed>
  /** See {@link changeTogether}. */
  changeTogether(changes: readonly PartOfBatch[]): Promise<Changed[]>
  /** Waits for appends under way and lets go of everything. */
  close(): Promise<void>
}

export function createReplicas(options: ReplicasOptions): Replicas {
  const { log, fanout, nodeId, onError, metrics, states } = options
  const queueMetrics = createQueueMetrics(metrics)
  const queue: AppendQueue = createAppendQueue({
    log,
    fanout,
    nodeId,
    onError,
    onBatch: queueMetrics.onBatch,
  })
  queueMetrics.watch(queue)
  const past = createPastDocuments({ log })
  const blames = createBlames({ log, past })
  const cache = createRecentStates({ maxChars: options.maxCachedChars })
  const count = createStateMetrics(metrics, cache)
  const headWatch = createHeadWatch({ log, fanout, onError })
  const works = new Map<DocumentName, DocumentWork>()
  const reading = new Map<string, Promise<StateAtVersion>>()

  const workOn = (document: DocumentName): DocumentWork => {
    const work =
      works.get(document) ?? createDocumentWork({ ...options, document, queue, past, headWatch, onLogCut })
    works.delete(document)
    works.set(document, work)
    return work
  }
  const onLogCut = (): void => {
    cache.clear()
    past.clear()
    blames.clear()
  }
  const evict = (): void => {
    for (const [document, work] of works) {
      if (works.size <= options.maxReplicas) return
      if (!work.isIdle) continue
      work.close()
      works.delete(document)
    }
  }
  const readPast = (document: DocumentName, version: Version): Promise<StateAtVersion> => {
    const key = `${document}@${version}`
    const state = reading.get(key) ?? past.read(document, version).finally(() => reading.delete(key))
    reading.set(key, state)
    return state
  }
  const found = (
    document: DocumentName,
    state: StateAtVersion,
    from: 'memory' | 'shared' | 'log',
  ): ReadState => {
    count(from)
    if (from !== 'memory') cache.put(document, state)
    return { state, isHit: from !== 'log' }
  }
  /** A replica at hand is faster than the question; what it gives is as new as the log. */
  const readShared = async (document: DocumentName, head: SavedMoment): Promise<StateAtVersion | null> =>
    states === null || works.get(document)?.isOpen === true ? null : states.get(document, head)

  return {
    readNewest: async (document, head) => {
      const known = cache.get(document, head.version)
      // Of another time: the log has been put back since, and nobody has told us yet.
      if (known?.updatedAt.getTime() === head.updatedAt.getTime()) return found(document, known, 'memory')
      const shared = await readShared(document, head)
      if (shared !== null) return found(document, shared, 'shared')
      const state = await workOn(document).read(head.version).finally(evict)
      states?.put(document, state)
      return found(document, state, 'log')
    },
    readVersion: async (document, version) => {
      const known = cache.get(document, version)
      if (known !== null) {
        await past.requireStill(document, known)
        return found(document, known, 'memory')
      }
      return found(document, await readPast(document, version), 'log')
    },
    readPatches: (document, range) => readPatches({ log, past }, { document, ...range }),
    changes: (document, range) => patchesOf({ log, past }, { document, ...range }),
    readBlame: blames.read,
    forgetBlame: blames.forget,
    openVersion: past.open,
    change: (document, change) => workOn(document).change(change).finally(evict),
    changeTogether: (changes) =>
      changeTogether({ queue, past, receipts: options.receipts, workOn }, changes).finally(evict),
    close: async () => {
      headWatch.stop()
      await queue.close()
      for (const work of works.values()) work.close()
      works.clear()
    },
  }
}
