import { NexusError, type PanelId, type UpdateLog } from '@nexus/core'
import type { BlobHash, Repository, TreeHash } from '../git/repository.ts'
import { toFolderNames } from '../render/folder-name.ts'
import { type Files, renderPanel, sizeOf } from '../render/panel-files.ts'
import { renderReadme } from '../render/readme-file.ts'
import { renderWorkspace } from '../render/workspace-file.ts'
import { type Base, PANELS_FOLDER, README_FILE, WORKSPACE_FILE } from './base.ts'
import type { Cut, CutPanel } from './cut.ts'
import type { Shown } from './describe-changes.ts'
import type { FolderSizes } from './folder-sizes.ts'

export interface WrittenFiles {
  /** The root folder. */
  readonly tree: TreeHash
  readonly workspaceFile: BlobHash
  readonly shown: Shown
  /** UTF-8 bytes of all files, those taken over from the base included. */
  readonly totalBytes: number
}

/** Panels rendered at a time; bounds the memory, and leaves the event loop to others in between. */
const PANELS_AT_A_TIME = 4

interface Sources {
  readonly repository: Repository
  readonly log: UpdateLog
  readonly sizes: FolderSizes
}

/**
 * Writes the files of a cut as Git objects nobody sees yet. A panel at the version the base has keeps its folder
 * untouched, whatever it is called now; every other one is rebuilt at exactly its version.
 */
export async function writeFiles(sources: Sources, cut: Cut, base: Base | null): Promise<WrittenFiles> {
  const { repository, sizes } = sources
  const trees = new Map<PanelId, TreeHash>()
  await forEach(cut.panels, PANELS_AT_A_TIME, async (panel) => {
    trees.set(panel.id, keptTree(panel, base) ?? (await writePanel(sources, panel)))
  })
  const folderNames = toFolderNames(cut.panels)
  const folders = new Map<string, TreeHash>()
  const panels = cut.panels.map(({ id, name, type }) => {
    const folder = known(folderNames, id)
    const tree = known(trees, id)
    folders.set(folder, tree)
    return { id, name, type, folder, tree }
  })
  const { name, description } = cut
  const texts = renderTop(cut, panels)
  const workspaceFile = await repository.writeText(texts.workspace)
  const readmeFile = await repository.writeText(texts.readme)
  const panelsTree = folders.size === 0 ? null : await repository.writeFolder({ files: new Map(), folders })
  const tree = await repository.writeFolder({
    files: new Map([
      [WORKSPACE_FILE, workspaceFile],
      [README_FILE, readmeFile],
    ]),
    folders: new Map(panelsTree === null ? [] : [[PANELS_FOLDER, panelsTree]]),
  })
  let totalBytes = bytesOf(texts)
  for (const panel of panels) totalBytes += await sizes.of(repository, panel.tree)
  return { tree, workspaceFile, shown: { name, description, panels }, totalBytes }
}

/** UTF-8 bytes the files of a cut would have; for snapshots that are not to be in Git. */
export async function measureFiles(log: UpdateLog, cut: Cut): Promise<number> {
  const folderNames = toFolderNames(cut.panels)
  const panels = cut.panels.map(({ id, name, type }) => ({ id, name, type, folder: known(folderNames, id) }))
  let bytes = bytesOf(renderTop(cut, panels))
  await forEach(cut.panels, PANELS_AT_A_TIME, async (panel) => {
    bytes += sizeOf(await render(log, panel))
  })
  return bytes
}

type ListedPanels = Parameters<typeof renderWorkspace>[0]['panels']

/** The files beside the panels' folders. */
const renderTop = ({ workspaceId, name, description }: Cut, panels: ListedPanels) => ({
  workspace: renderWorkspace({ id: workspaceId, name, description, panels }),
  readme: renderReadme({ name, description, panels }),
})

const bytesOf = (texts: ReturnType<typeof renderTop>): number =>
  Object.values(texts).reduce((sum, text) => sum + Buffer.byteLength(text), 0)

const keptTree = (panel: CutPanel, base: Base | null): TreeHash | null =>
  base?.isRenderedAlike && base.manifest[panel.id] === panel.version
    ? (base.trees.get(panel.id) ?? null)
    : null

async function writePanel({ repository, log, sizes }: Sources, panel: CutPanel): Promise<TreeHash> {
  const files = await render(log, panel)
  const blobs = new Map<string, BlobHash>()
  for (const [name, text] of files) blobs.set(name, await repository.writeText(text))
  const tree = await repository.writeFolder({ files: blobs, folders: new Map() })
  sizes.note(tree, sizeOf(files))
  return tree
}

async function render(log: UpdateLog, panel: CutPanel): Promise<Files> {
  const record = await log.read(panel.document, panel.version)
  if (record === null) {
    throw new NexusError('not_found', `${panel.document} was deleted while its snapshot was made; try again.`)
  }
  return renderPanel(record)
}

async function forEach<T>(
  items: readonly T[],
  atATime: number,
  use: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const worker = async (): Promise<void> => {
    for (const item of rest) await use(item)
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker))
}

function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw new Error(`nothing is known about ${String(key)}`)
  return value
}
