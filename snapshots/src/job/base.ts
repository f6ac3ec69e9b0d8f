import type { PanelId } from '@nexus/core'
import type { Manifest } from '@nexus/core/sql'
import type { BlobHash, Commit, Repository, TreeHash } from '../git/repository.ts'
import { parseWorkspaceFile } from '../render/workspace-file.ts'
import type { LedgerRow } from './claim.ts'
import { parseMessage } from './commit-message.ts'
import { RENDERER_VERSION } from './cut.ts'
import type { Shown } from './describe-changes.ts'
import type { FolderSizes } from './folder-sizes.ts'

export const WORKSPACE_FILE = 'workspace.json'
export const PANELS_FOLDER = 'panels'
export const README_FILE = 'README.md'

/** The commit the next one follows. */
export interface Base {
  readonly commit: Commit
  readonly workspaceFile: BlobHash | null
  readonly readmeFile: BlobHash | null
  /** `null`: somebody else's commit, of which nothing is known. */
  readonly shown: Shown | null
  /** The versions `shown` is at. */
  readonly manifest: Manifest
  /** Its files came from this renderer; those of another must all be written again. */
  readonly isRenderedAlike: boolean
  readonly trees: ReadonlyMap<PanelId, TreeHash>
}

/**
 * Reads what `commit` shows.
 *
 * @param ledger - Its manifest may be newer than the commit's trailers (versions that changed no file); it counts only when
 *   it is about this commit.
 */
export async function readBase(repository: Repository, commit: Commit, ledger: LedgerRow): Promise<Base> {
  const root = await repository.readFolder(commit.tree)
  const workspaceFile = root.files.get(WORKSPACE_FILE) ?? null
  const readmeFile = root.files.get(README_FILE) ?? null
  const file = workspaceFile === null ? null : parseWorkspaceFile(await repository.readText(workspaceFile))
  const top = { commit, workspaceFile, readmeFile }
  if (file === null) return { ...top, shown: null, manifest: {}, isRenderedAlike: false, trees: new Map() }
  const panelsTree = root.folders.get(PANELS_FOLDER)
  const folders =
    panelsTree === undefined ? new Map<string, TreeHash>() : (await repository.readFolder(panelsTree)).folders
  const panels = file.panels.flatMap(({ id, name, folder }) => {
    const tree = folders.get(folder)
    return tree === undefined ? [] : [{ id, name, tree }]
  })
  const facts = parseMessage(commit.message)
  return {
    ...top,
    shown: { name: file.name, description: file.description, panels },
    manifest: ledger.headCommit === commit.hash ? ledger.manifest : facts.manifest,
    isRenderedAlike: facts.rendererVersion === RENDERER_VERSION,
    trees: new Map(panels.map((panel) => [panel.id, panel.tree])),
  }
}

/** UTF-8 bytes of all files of ours in the commit. */
export async function sizeOfBase(repository: Repository, sizes: FolderSizes, base: Base): Promise<number> {
  let bytes = 0
  for (const file of [base.workspaceFile, base.readmeFile])
    if (file !== null) bytes += await repository.sizeOf(file)
  for (const tree of base.trees.values()) bytes += await sizes.of(repository, tree)
  return bytes
}
