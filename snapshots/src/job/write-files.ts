import type { UpdateLog } from '@nexus/core'
import type { BlobHash, TreeHash } from '../git/repository.ts'
import { toFolderNames } from '../render/folder-name.ts'
import { sizeOf } from '../render/panel-files.ts'
import { renderReadme } from '../render/readme-file.ts'
import { renderWorkspace } from '../render/workspace-file.ts'
import { type Base, PANELS_FOLDER, README_FILE, WORKSPACE_FILE } from './base.ts'
import type { Cut } from './cut.ts'
import type { ContentChanges, Shown } from './describe-changes.ts'
import { renderPanels, type Sources, writePanels } from './write-panels.ts'

export interface WrittenFiles {
  /** The root folder. */
  readonly tree: TreeHash
  readonly workspaceFile: BlobHash
  readonly shown: Shown
  /** What became of the content of panels since the base. */
  readonly contents: ContentChanges
  /** UTF-8 bytes of all files, those taken over from the base included. */
  readonly totalBytes: number
}

/**
 * Writes the files of a cut as Git objects nobody sees yet. A panel's folder is taken over or written whatever the panel is
 * called now; its name stands in the folders and files above.
 */
export async function writeFiles(sources: Sources, cut: Cut, base: Base | null): Promise<WrittenFiles> {
  const { repository, sizes } = sources
  const { trees, contents } = await writePanels(sources, cut, base)
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
  return { tree, workspaceFile, shown: { name, description, panels }, contents, totalBytes }
}

/** UTF-8 bytes the files of a cut would have; for snapshots that are not to be in Git. */
export async function measureFiles(log: UpdateLog, cut: Cut): Promise<number> {
  const folderNames = toFolderNames(cut.panels)
  const panels = cut.panels.map(({ id, name, type }) => ({ id, name, type, folder: known(folderNames, id) }))
  let bytes = bytesOf(renderTop(cut, panels))
  await renderPanels(log, cut.panels, async (_panel, files) => {
    bytes += sizeOf(files)
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

function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw new Error(`nothing is known about ${String(key)}`)
  return value
}
