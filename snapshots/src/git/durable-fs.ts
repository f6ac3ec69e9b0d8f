import { randomUUID } from 'node:crypto'
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  unlink,
  utimes,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Writes files so that a name never shows half a file, whenever the process is killed or the power goes.
 *
 * Git objects are never overwritten: a half-written one under its final name would stay broken for ever. So the bytes go to
 * a temporary name, are flushed to the disk, and only then get the final name.
 */
export interface DurableFiles {
  /** Afterwards `path` has all of `bytes`, or, if this throws, what it had before. Missing folders are made. */
  replace(path: string, bytes: Uint8Array): Promise<void>
  /** @returns `false` when `path` exists; it is left as it is. Missing folders are made. */
  create(path: string, bytes: Uint8Array): Promise<boolean>
  makeFolder(path: string): Promise<void>
  move(from: string, to: string): Promise<void>
  /**
   * Counts an existing file as written here: whoever wrote it may have been killed before it could flush, and it may be old
   * enough to be let go as one that nobody needs.
   */
  rely(path: string): void
  /** Afterwards everything done before survives a loss of power: the folders' entries are on the disk too. */
  flush(): Promise<void>
}

/** Git gives its own temporary objects this prefix: `git fsck` passes over them and `git prune` removes them. */
export const TEMPORARY_PREFIX = 'tmp_obj_'
/** Far longer than one file or an empty repository takes to be written. */
const STALE_MS = 3_600_000

/** @param temporaryFolder - On the same file system as every file written through this; it must exist by then. */
export function createDurableFiles(temporaryFolder: string): DurableFiles {
  const unflushed = new Set<string>()
  const relied = new Set<string>()

  const withTemporary = async <T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> => {
    const path = join(temporaryFolder, `${TEMPORARY_PREFIX}${randomUUID()}`)
    try {
      await withFile(path, 'wx', async (file) => {
        await file.writeFile(bytes)
        await file.sync()
      })
      return await use(path)
    } finally {
      await unlinkIfThere(path)
    }
  }

  const inFolder = async <T>(path: string, put: () => Promise<T>): Promise<T> => {
    unflushed.add(dirname(path))
    try {
      return await put()
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
    await mkdir(dirname(path), { recursive: true })
    unflushed.add(dirname(dirname(path)))
    return await put()
  }

  return {
    replace: (path, bytes) =>
      withTemporary(bytes, (temporary) => inFolder(path, () => rename(temporary, path))),
    create: (path, bytes) =>
      withTemporary(bytes, (temporary) => inFolder(path, () => linked(temporary, path))),
    makeFolder: async (path) => {
      await mkdir(path)
      unflushed.add(dirname(path))
    },
    move: async (from, to) => {
      await rename(from, to)
      unflushed.add(dirname(from)).add(dirname(to))
    },
    rely: (path) => {
      unflushed.add(dirname(path))
      relied.add(path)
    },
    flush: async () => {
      await freshen(relied)
      const folders = [...unflushed]
      unflushed.clear()
      await Promise.all(folders.map((folder) => withFile(folder, 'r', (file) => file.sync())))
    },
  }
}

/**
 * Removes what killed processes left in `folder` long ago: entries whose names begin with `prefix`. What another process
 * writes now is not touched.
 */
export async function removeStale(folder: string, prefix: string, now: Date): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  for (const name of names) {
    const path = join(folder, name)
    const age = await stat(path).then(
      (stats) => now.getTime() - stats.mtimeMs,
      () => 0,
    )
    if (age > STALE_MS) await rm(path, { recursive: true, force: true })
  }
}

/** @returns `false` when `path` exists. A link, not a rename: it never replaces, and the file appears whole. */
async function linked(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

export async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** As git does with objects that are there already. @throws When one has gone meanwhile: what relies on it is to be begun anew. */
async function freshen(paths: Set<string>): Promise<void> {
  const now = new Date()
  for (const path of paths) {
    await utimes(path, now, now)
  }
  paths.clear()
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}
