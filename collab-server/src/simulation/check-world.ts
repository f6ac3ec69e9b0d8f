import { isDeepStrictEqual } from 'node:util'
import { type DocumentName, NO_VERSION, toVersion } from '@nexus/core'
import * as Y from 'yjs'
import { contentOf, keyList } from './edits.ts'
import type { World } from './world.ts'

/** What is wrong in a world that has been quiet for a while, with everybody there. */
export async function problemsWhenQuiet(world: World): Promise<string[]> {
  const problems: string[] = []
  for (const document of world.replays.keys()) {
    problems.push(...(await problemsOfLog(world, document)))
    problems.push(...problemsOfReplicas(world, document), ...problemsOfPresence(world, document))
  }
  for (const editor of world.editors) {
    if (!editor.isSaved) problems.push(`${editor.name} still waits to hear "saved"`)
  }
  return problems
}

/** What is left behind in a world that everybody has left a while ago. */
export function problemsWhenEmpty({ nodes }: World): string[] {
  return nodes.flatMap(({ life, collab }) => {
    const left = {
      documents: collab.hocuspocus.documents.size,
      liveDocuments: collab.documents.size,
      sockets: collab.registry.size,
      unsavedBytes: collab.queue.waitingBytes,
    }
    const isEmpty = Object.values(left).every((count) => count === 0)
    return isEmpty ? [] : [`${life.name} keeps ${JSON.stringify(left)}`]
  })
}

async function problemsOfLog({ store, replays, saved }: World, document: DocumentName): Promise<string[]> {
  const problems: string[] = []
  const truth = replays.get(document)
  const entries = await store.log.readTail(document, { after: NO_VERSION, limit: Number.MAX_SAFE_INTEGER })
  const record = await store.log.read(document)
  if (truth === undefined || record === null) return ['a document is gone']
  if (truth.incompleteVersions.length > 0) {
    problems.push(`versions ${truth.incompleteVersions} build on what is not in the log before them`)
  }
  if (entries.some(({ version }, index) => version !== index + 1)) problems.push('versions have gaps')
  const fromStart = rebuilt(entries)
  if (!isSame(fromStart, truth.doc)) problems.push('the log rebuilds to something else')
  for (let version: number = record.version; version > 0; ) {
    const { checkpoint, tail } = (await store.log.read(document, toVersion(version))) ?? record
    const fromCheckpoint = rebuilt([...(checkpoint === null ? [] : [{ update: checkpoint.state }]), ...tail])
    if (!isSame(fromCheckpoint, rebuilt(entries.slice(0, version)))) {
      problems.push(`checkpoint and tail rebuild version ${version} to something else`)
    }
    // Now to what the checkpoint itself says, and then to the one before it.
    version = checkpoint === null ? 0 : checkpoint.version === version ? version - 1 : checkpoint.version
  }
  const counts = Map.groupBy(keyList(fromStart), (key) => key)
  for (const key of saved.get(document) ?? []) {
    const count = counts.get(key)?.length ?? 0
    if (count !== 1) problems.push(`${key} was called saved and is in the log ${count} times`)
  }
  return problems
}

function rebuilt(updates: readonly { readonly update: Uint8Array }[]): Y.Doc {
  const doc = new Y.Doc()
  for (const { update } of updates) Y.applyUpdate(doc, update)
  return doc
}

function problemsOfReplicas({ replays, editors, nodes }: World, document: DocumentName): string[] {
  const truth = replays.get(document)?.doc
  if (truth === undefined) return []
  const ofEditors = editors
    .filter((editor) => editor.document === document && !isSame(editor.doc, truth))
    .map(({ name }) => `${name} has not what the log has`)
  const ofNodes = nodes.flatMap(({ life, collab }) => {
    return [...collab.documents]
      .filter(({ name }) => name === document)
      .flatMap((live) => {
        const problems = isSame(live.document, truth) ? [] : [`${life.name} has not what the log has`]
        if (!live.isExact) problems.push(`${life.name} is not level with the log`)
        const isInUse = collab.hocuspocus.documents.get(document) === live.document
        return isInUse ? problems : [...problems, `${life.name} has a second copy of a document`]
      })
  })
  return [...ofEditors, ...ofNodes]
}

/** Every editor sees every editor of its document, and nobody else. */
function problemsOfPresence({ editors }: World, document: DocumentName): string[] {
  const here = editors.filter((editor) => editor.document === document)
  const expected = new Map(here.map(({ name, doc }) => [doc.clientID, name]))
  return here.flatMap(({ name, present }) => {
    const ghosts = [...present.keys()].filter((client) => !expected.has(client)).length
    const unseen = [...expected].filter(([client]) => !present.has(client)).map(([, other]) => other)
    const problems = ghosts === 0 ? [] : [`${name} sees ${ghosts} who are not there`]
    return unseen.length === 0 ? problems : [...problems, `${name} does not see ${unseen}`]
  })
}

/** Exactly: insertions, deletions, and what they amount to. */
const isSame = (one: Y.Doc, other: Y.Doc): boolean =>
  Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other)) && isDeepStrictEqual(contentOf(one), contentOf(other))
