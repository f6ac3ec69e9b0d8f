import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../git/durable-fs.ts'

/** Bytes of all files in a folder, those in folders below it included. What goes away meanwhile counts for nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  let bytes = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    try {
      bytes += (await stat(join(entry.parentPath, entry.name))).size
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
  }
  return bytes
}
