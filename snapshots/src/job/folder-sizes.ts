import type { Repository, TreeHash } from '../git/repository.ts'

/** Bytes of the files in a panel's folder. A hash always stands for the same files, so an answer stays true for ever. */
export interface FolderSizes {
  note(tree: TreeHash, bytes: number): void
  /** From memory, or counted in the repository. */
  of(repository: Repository, tree: TreeHash): Promise<number>
}

/** About 100 bytes each. */
const MAX_REMEMBERED = 20_000

export function createFolderSizes(): FolderSizes {
  const known = new Map<TreeHash, number>()

  const note = (tree: TreeHash, bytes: number): void => {
    known.delete(tree)
    known.set(tree, bytes)
    if (known.size <= MAX_REMEMBERED) return
    const oldest = known.keys().next()
    if (!oldest.done) known.delete(oldest.value)
  }
  return {
    note,
    of: async (repository, tree) => {
      const bytes = known.get(tree) ?? (await count(repository, tree))
      note(tree, bytes)
      return bytes
    },
  }
}

async function count(repository: Repository, tree: TreeHash): Promise<number> {
  const { files } = await repository.readFolder(tree)
  const sizes = await Promise.all([...files.values()].map((blob) => repository.sizeOf(blob)))
  return sizes.reduce((sum, size) => sum + size, 0)
}
