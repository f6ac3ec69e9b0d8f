import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The secret of this installation: made once, kept in `DATA_DIR/auth-secret` (readable by its owner only).
 *
 * @returns At least 43 characters. The same on every start with the same folder.
 * @throws The file system's error when the folder cannot be written.
 */
export async function keepAuthSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'auth-secret')
  const secret = randomBytes(32).toString('base64url')
  try {
    // wx: two processes that start at once agree on the file that was there first.
    await writeFile(path, secret, { mode: 0o600, flag: 'wx' })
    return secret
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return readFile(path, 'utf8')
    throw error
  }
}
