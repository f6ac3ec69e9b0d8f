import {
  type DocumentName,
  type Fanout,
  NexusError,
  type Unsubscribe,
  type UpdateLog,
  type Version,
} from '@nexus/core'
import {
  buildDocument,
  type JsonPatchOperation,
  observeJsonPatch,
  type PanelJson,
  panelJson,
} from '@nexus/core/document'
import { type DocumentFollower, type FollowedUpdate, followDocument, type HeadWatch } from '@nexus/core/log'
import * as Y from 'yjs'
import { followSource } from '../replicas/follow-source.ts'
import type { PanelChange } from '../replicas/panel-patches.ts'
import { readSavedAt } from '../replicas/saved-times.ts'

interface PanelFeedParts {
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly headWatch: HeadWatch
  readonly document: DocumentName
  readonly onError: (error: unknown) => void
}

/** A panel at one version. */
export interface PanelMoment {
  readonly version: Version
  readonly updatedAt: Date
  /** `{"$state": …, "$computed": …}` as JSON text. */
  readonly json: string
}

interface FeedListener {
  /** The next version is here. Called for every version, in order; must not throw. */
  onChange(change: PanelChange): void
  /** There will be no more: what was told is not in the log any more. */
  onEnd(): void
}

/** One panel as it changes, for everybody in this process who wants to hear of it. */
export interface PanelFeed {
  readonly version: Version
  now(): PanelMoment
  /** Afterwards `version` is at least this. @throws {NexusError} `unavailable` */
  reach(version: Version): Promise<void>
  listen(listener: FeedListener): Unsubscribe
  stop(): void
}

/** @throws {NexusError} `not_found` when the document does not exist, `unavailable` when the log cannot be read. */
export async function openPanelFeed(parts: PanelFeedParts): Promise<PanelFeed> {
  const { document } = parts
  const listeners = new Set<FeedListener>()
  let take = (_updates: readonly FollowedUpdate[]): void => undefined
  const follower = await followDocument({
    ...parts,
    // Every version is told, and what is told is the document at that version.
    order: 'version',
    apply: (updates) => take(updates),
    onLogCut: () => {
      for (const listener of [...listeners]) listener.onEnd()
    },
  })
  const doc = buildDocument(follower.record)
  const early: FollowedUpdate[] = []
  take = (updates) => void early.push(...updates)
  const { models, savedAt } = await modelsAndTime(parts, follower, doc)
  const initial = panelJson(doc, models.current())
  let { version } = follower.record
  let updatedAt = savedAt
  let panel = (): PanelJson => initial
  let json: string | null = null
  let made: JsonPatchOperation[] = []
  observeJsonPatch(doc, models.current, (patch, info) => {
    made = made.concat(patch)
    panel = () => info.panel
  })
  take = (updates) => {
    for (const { update, ...cause } of updates) {
      made = []
      Y.applyUpdate(doc, update, 'log')
      version = cause.version
      updatedAt = cause.occurredAt
      json = null
      const change = { ...cause, firstVersion: version, patch: made }
      for (const listener of [...listeners]) listener.onChange(change)
    }
  }
  take(early)

  return {
    get version() {
      return version
    },
    now: () => {
      json ??= JSON.stringify(panel())
      return { version, updatedAt, json }
    },
    reach: async (wanted) => {
      if (version >= wanted) return
      await follower.catchUp()
      if (version < wanted)
        throw new NexusError('unavailable', `Version ${wanted} of ${document} cannot be read yet.`)
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop() {
      follower.stop()
      doc.destroy()
    },
  }
}

async function modelsAndTime({ log, document }: PanelFeedParts, follower: DocumentFollower, doc: Y.Doc) {
  try {
    const models = await followSource(log, follower, doc)
    const newest = follower.record.tail.at(-1)
    const { version } = follower.record
    return { models, savedAt: newest?.occurredAt ?? (await readSavedAt(log, document, version)) }
  } catch (error) {
    follower.stop()
    throw error
  }
}
