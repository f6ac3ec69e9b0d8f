import { type DocumentName, NexusError, type StateAtVersion, type UpdateLog, type Version } from '@nexus/core'
import { buildDocument, type PanelModel, panelJson, readSource } from '@nexus/core/document'
import { LRUCache } from 'lru-cache'
import * as Y from 'yjs'
import { lastValidModel, replay, validModel } from './panel-models.ts'
import { readSavedAt } from './saved-times.ts'

/** A document of its own as it was at some version; changing it changes nothing else. */
export interface PastDocument {
  readonly doc: Y.Doc
  readonly model: PanelModel
}

/** The same, to be decoded when it is needed, which costs more the larger it is. */
export interface EncodedDocument {
  readonly state: Uint8Array
  readonly model: PanelModel
}

interface KeptDocument extends EncodedDocument {
  readonly updatedAt: Date
}

/** Nothing younger is ever thinned, whatever the plan: a day of full history is the least, and clocks differ less than the rest. */
const NEVER_THINNED_MS = 24 * 3_600_000

/** Encoded documents kept for stale patches, which tend to name the same version many times. */
const MAX_KEPT = 32
const MAX_KEPT_BYTES = 64_000_000

export interface PastDocuments {
  /** @throws {NexusError} `not_found` when the document has no such version. */
  open(document: DocumentName, version: Version): Promise<PastDocument>
  /** The same, not decoded. */
  load(document: DocumentName, version: Version): Promise<EncodedDocument>
  read(document: DocumentName, version: Version): Promise<StateAtVersion>
  /**
   * What was read at some time may have become part of another version since.
   *
   * @param saved - What is kept of it. @throws {NexusError} `not_found`, naming the version that it is part of.
   */
  requireStill(
    document: DocumentName,
    saved: { readonly version: Version; readonly updatedAt: Date },
  ): Promise<void>
  /** Lets go of what is kept. */
  clear(): void
}

export function createPastDocuments({ log }: { readonly log: UpdateLog }): PastDocuments {
  const kept = new LRUCache<string, Promise<KeptDocument>>({ max: MAX_KEPT, maxSize: MAX_KEPT_BYTES })

  const build = async (document: DocumentName, version: Version) => {
    const record = await log.read(document, version)
    if (record === null) await refuseMerged(log, document, version)
    const doc = record === null ? await replayed(log, document, version) : buildDocument(record)
    const model = validModel(readSource(doc)) ?? (await lastValidModel(log, document, version))
    const updatedAt = record?.tail.at(-1)?.occurredAt ?? (await readSavedAt(log, document, version))
    return { doc, model, updatedAt }
  }
  const requireStill: PastDocuments['requireStill'] = async (document, { version, updatedAt }) => {
    if (updatedAt.getTime() < Date.now() - NEVER_THINNED_MS) await refuseMerged(log, document, version)
  }
  const load = async (document: DocumentName, version: Version): Promise<EncodedDocument> => {
    const known = kept.get(`${document}@${version}`)
    if (known === undefined) return loadAnew(document, version)
    await requireStill(document, { version, updatedAt: (await known).updatedAt })
    return known
  }
  const loadAnew = (document: DocumentName, version: Version): Promise<KeptDocument> => {
    const key = `${document}@${version}`
    const found = build(document, version).then(({ doc, ...rest }) => ({ ...rest, state: encode(doc) }))
    kept.set(key, found, { size: 1 })
    found.then(
      ({ state }) => {
        if (kept.peek(key) === found) kept.set(key, found, { size: state.byteLength })
      },
      () => {
        if (kept.peek(key) === found) kept.delete(key)
      },
    )
    return found
  }
  return {
    clear: () => kept.clear(),
    open: async (document, version) => decode(await load(document, version)),
    load,
    requireStill,
    read: async (document, version) => {
      const { doc, model, updatedAt } = await build(document, version)
      const json = JSON.stringify(panelJson(doc, model))
      const source = readSource(doc)
      doc.destroy()
      return { version, json, source, updatedAt }
    },
  }
}

/** Old history is thinned. @throws {NexusError} `not_found`, naming the version that `version` is part of. */
async function refuseMerged(log: UpdateLog, document: DocumentName, version: Version): Promise<void> {
  const [next] = await log.readTail(document, { after: version, limit: 1 })
  if (next === undefined || next.firstVersion > version) return
  throw new NexusError(
    'not_found',
    `Version ${version} is old and has become part of version ${next.version}; that one can be read.`,
    { details: { mergedInto: next.version } },
  )
}

/** For panels that have been deleted since: snapshots still show them. */
async function replayed(log: UpdateLog, document: DocumentName, version: Version): Promise<Y.Doc> {
  const doc = new Y.Doc()
  const last = await replay(log, { document, version }, doc)
  if (last === version && version > 0) return doc
  doc.destroy()
  throw new NexusError('not_found', `The panel has no version ${version}.`)
}

function encode(doc: Y.Doc): Uint8Array {
  const state = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return state
}

/** A new document has a client id of its own, so what is done in it merges with everything else. */
export function decode({ state, model }: EncodedDocument): PastDocument {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, state)
  return { doc, model }
}
