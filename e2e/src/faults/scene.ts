import { type DocumentName, panelDocumentName, parsePanelId, parseWorkspaceId } from '@nexus/core'
import { createFreeFormPanel } from '../kit/index.ts'
import type { Cluster } from './cluster.ts'
import type { Ledger } from './ledger.ts'
import { openEditor, startLiveWriter, type Writer, type WriterParts } from './live-writer.ts'
import { startApiWriter } from './program-writer.ts'

/** The panels of one case, and who writes in them. */
export interface Scene {
  /** Written by people on both servers and by programs on both APIs; they stay, and connect again. */
  readonly shared: DocumentName
  /** Written by people on both servers who all leave at the strike: nobody can bring back what the log does not have. */
  readonly left: DocumentName
  /** Nobody has it open; for opening, checkpoints and unloading. */
  readonly shelf: DocumentName
  readonly staying: readonly Writer[]
  readonly leaving: readonly Writer[]
}

/**
 * Lends a scene in which everybody writes already; afterwards everybody has left.
 *
 * @param name - First part of every key, so that a lost key says which case lost it.
 */
export async function withScene<T>(
  stage: { readonly cluster: Cluster; readonly ledger: Ledger; readonly name: string },
  play: (scene: Scene) => Promise<T>,
): Promise<T> {
  const scene = await setScene(stage.cluster, stage.ledger, stage.name)
  try {
    return await play(scene)
  } finally {
    for (const writer of [...scene.staying, ...scene.leaving]) writer.leave()
  }
}

async function setScene(cluster: Cluster, ledger: Ledger, name: string): Promise<Scene> {
  const [shared, left, shelf] = await Promise.all(
    ['shared', 'left', 'shelf'].map((which) => createPanel(cluster, ledger, `${name}.${which}.0`)),
  )
  if (shared === undefined || left === undefined || shelf === undefined) throw new Error('a panel is missing')
  const [people, leaving] = await Promise.all([
    onEachServer(cluster, { ledger, document: shared, name: `${name}.stays` }),
    onEachServer(cluster, { ledger, document: left, name: `${name}.leaves` }),
  ])
  const programs = cluster.apis.map((api, index) =>
    startApiWriter(cluster.account, api, { ledger, document: shared, name: `${name}.program${index}` }),
  )
  const staying = [...people, ...programs]
  await Promise.all([...staying, ...leaving].map((writer) => writer.nextAck()))
  return { shared, left, shelf, staying, leaving }
}

/** Somebody with the document open on each server. */
export function onEachServer({ account, collabs }: Cluster, parts: WriterParts): Promise<Writer[]> {
  return Promise.all(
    collabs.map(async (server, index) => {
      const editor = await openEditor(account, server, parts.document)
      return startLiveWriter(editor, { ...parts, name: `${parts.name}${index}` })
    }),
  )
}

/** A panel that begins with one key in its list. */
export async function createPanel(cluster: Cluster, ledger: Ledger, key: string): Promise<DocumentName> {
  const { account, apis } = cluster
  const panel = await createFreeFormPanel(apis[0].url, account, { entries: [key] })
  const workspaceId = parseWorkspaceId(account.workspaceId)
  const panelId = parsePanelId(panel)
  if (workspaceId === null || panelId === null) throw new Error(`an id that is none: ${panel}`)
  const document = panelDocumentName(workspaceId, panelId)
  ledger.wrote(document, key)
  ledger.acknowledged(document, key)
  return document
}
