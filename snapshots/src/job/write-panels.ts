import { NexusError, type PanelId, type UpdateLog } from '@nexus/core'
import type { BlobHash, Repository, TreeHash } from '../git/repository.ts'
import { type Files, renderPanel, sizeOf } from '../render/panel-files.ts'
import type { Base } from './base.ts'
import { compareContent } from './compare-content.ts'
import type { Cut, CutPanel } from './cut.ts'
import type { ContentChanges } from './describe-changes.ts'
import type { FolderSizes } from './folder-sizes.ts'

export interface Sources {
  readonly repository: Repository
  readonly log: UpdateLog
  readonly sizes: FolderSizes
}

export interface WrittenPanels {
  /** The folder of each panel. */
  readonly trees: ReadonlyMap<PanelId, TreeHash>
  /** What became of the content of panels since the base. */
  readonly contents: ContentChanges
}

/** Panels rendered at a time; bounds the memory, and leaves the event loop to others in between. */
const PANELS_AT_A_TIME = 4
/** For one commit; of more panels it is said that they changed. Which they are depends on their order alone. */
const MAX_COMPARED = 100

/**
 * Writes the folders of a cut's panels, and compares those that are others than before while their files are at hand. A
 * panel at the version the base has keeps its folder; every other one is rebuilt at exactly its version.
 */
export async function writePanels(sources: Sources, cut: Cut, base: Base | null): Promise<WrittenPanels> {
  const { repository, log, sizes } = sources
  const trees = new Map<PanelId, TreeHash>()
  const contents = new Map<PanelId, readonly string[]>()
  const changed: CutPanel[] = []
  for (const panel of cut.panels) {
    const tree = keptTree(panel, base)
    if (tree === null) changed.push(panel)
    else trees.set(panel.id, tree)
  }
  const compared = new Set(changed.slice(0, MAX_COMPARED))
  await renderPanels(log, changed, async (panel, files) => {
    const blobs = await writeAll(repository, files)
    const tree = await repository.writeFolder({ files: blobs, folders: new Map() })
    sizes.note(tree, sizeOf(files))
    trees.set(panel.id, tree)
    const former = base?.trees.get(panel.id)
    if (former !== undefined && former !== tree && compared.has(panel))
      contents.set(panel.id, await compareContent(repository, former, { files, blobs }))
  })
  return { trees, contents }
}

const keptTree = ({ id, version }: CutPanel, base: Base | null): TreeHash | null =>
  base?.isRenderedAlike && base.manifest[id] === version ? (base.trees.get(id) ?? null) : null

async function writeAll(repository: Repository, files: Files): Promise<Map<string, BlobHash>> {
  const blobs = new Map<string, BlobHash>()
  for (const [name, text] of files) blobs.set(name, await repository.writeText(text))
  return blobs
}

/** Renders each panel at exactly its version, a few at a time, and waits until all are used. */
export async function renderPanels(
  log: UpdateLog,
  panels: readonly CutPanel[],
  use: (panel: CutPanel, files: Files) => Promise<void>,
): Promise<void> {
  const rest = panels.values()
  const worker = async (): Promise<void> => {
    for (const panel of rest) await use(panel, await render(log, panel))
  }
  await Promise.all(Array.from({ length: Math.min(PANELS_AT_A_TIME, panels.length) }, worker))
}

async function render(log: UpdateLog, panel: CutPanel): Promise<Files> {
  const record = await log.read(panel.document, panel.version)
  if (record === null) {
    throw new NexusError('not_found', `${panel.document} was deleted while its snapshot was made; try again.`)
  }
  return renderPanel(record)
}
