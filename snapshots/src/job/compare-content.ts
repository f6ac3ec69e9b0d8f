import { isJsonObject, type JsonObject } from '@nexus/core'
import type { BlobHash, Repository, TreeHash } from '../git/repository.ts'
import { type Files, SOURCE_FILE, STATE_FILE } from '../render/panel-files.ts'
import { describeState } from './describe-state.ts'

/** Of the text of one state; what is larger is not compared. */
const MAX_CHARS = 500_000

/** The files of a panel as they are now, and where each was written. */
interface WrittenContent {
  readonly files: Files
  readonly blobs: ReadonlyMap<string, BlobHash>
}

/**
 * What became of a panel's content since it was in the folder `before`, in phrases; none when its files say the same.
 * Reads no more than the former state, and that only when it is another.
 */
export async function compareContent(
  repository: Repository,
  before: TreeHash,
  { files, blobs }: WrittenContent,
): Promise<readonly string[]> {
  const former = (await repository.readFolder(before)).files
  const source = former.get(SOURCE_FILE) === blobs.get(SOURCE_FILE) ? [] : ['source changed']
  const blob = former.get(STATE_FILE)
  if (blob === blobs.get(STATE_FILE)) return source
  const state = await compareState(repository, blob, files.get(STATE_FILE))
  return [...source, ...(state ?? ['state changed'])]
}

/** @returns `null` when they cannot be compared, or are too large for it. */
async function compareState(
  repository: Repository,
  before: BlobHash | undefined,
  after: string | undefined,
): Promise<string[] | null> {
  if (before === undefined || after === undefined || after.length > MAX_CHARS) return null
  const text = await repository.readText(before)
  if (text.length > MAX_CHARS) return null
  const [was, is] = [parseState(text), parseState(after)]
  return was === null || is === null ? null : describeState(was, is)
}

/** What `state.json` says; `null` for one that is none of ours. */
export async function readStateFile(repository: Repository, tree: TreeHash): Promise<JsonObject | null> {
  const blob = (await repository.readFolder(tree)).files.get(STATE_FILE)
  return blob === undefined ? null : parseState(await repository.readText(blob))
}

function parseState(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
