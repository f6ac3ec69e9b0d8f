import { isJsonObject, type PanelId } from '@nexus/core'
import type { Repository, TreeHash } from '../git/repository.ts'
import { SOURCE_FILE, STATE_FILE } from '../render/panel-files.ts'
import type { ContentChanges, Shown } from './describe-changes.ts'
import { describeContent, type PanelContent } from './describe-content.ts'

/** Panels whose content is looked at for one commit; of more it is said that they changed. */
const MAX_PANELS = 20
/** Of one file, UTF-8 bytes; what is larger is not compared. */
const MAX_BYTES = 500_000

/** What became of the content of each panel that both show and that differs. Reads the files of those alone. */
export async function readContentChanges(
  repository: Repository,
  before: Shown,
  after: Shown,
): Promise<ContentChanges> {
  const former = new Map(before.panels.map(({ id, tree }) => [id, tree]))
  const changed = after.panels.flatMap(({ id, tree }) => {
    const was = former.get(id)
    return was === undefined || was === tree ? [] : [{ id, was, is: tree }]
  })
  const told = new Map<PanelId, readonly string[]>()
  for (const { id, was, is } of changed.slice(0, MAX_PANELS)) {
    const [old, now] = [await readContent(repository, was), await readContent(repository, is)]
    if (old !== null && now !== null) told.set(id, describeContent(old, now))
  }
  return told
}

/** @returns `null` when it is too large to be compared. */
async function readContent(repository: Repository, tree: TreeHash): Promise<PanelContent | null> {
  const { files } = await repository.readFolder(tree)
  const textOf = async (name: string): Promise<string | null> => {
    const blob = files.get(name)
    return blob === undefined ? null : repository.readText(blob)
  }
  const [state, source] = [await textOf(STATE_FILE), await textOf(SOURCE_FILE)]
  if (Math.max(state?.length ?? 0, source?.length ?? 0) > MAX_BYTES) return null
  return { state: parseState(state), source }
}

/** What `state.json` says; `null` for one that is none of ours. */
export async function readStateFile(repository: Repository, tree: TreeHash): Promise<PanelContent['state']> {
  const blob = (await repository.readFolder(tree)).files.get(STATE_FILE)
  return blob === undefined ? null : parseState(await repository.readText(blob))
}

function parseState(text: string | null): PanelContent['state'] {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
