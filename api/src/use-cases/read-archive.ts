import type { Readable } from 'node:stream'
import { NexusError } from '@nexus/core'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'

/** More files than the largest workspace has. */
const MAX_FILES = 5_000
/** Of all files that are wanted, unpacked. */
const MAX_BYTES = 64_000_000

const open = (bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => (error === null ? resolve(zip) : reject(error))),
  )

/**
 * The text files of a zip archive, by path.
 *
 * @param isWanted - The rest is not unpacked. @throws {NexusError} `validation_failed` for what is no such archive,
 *   `payload_too_large`.
 */
export async function readArchive(
  bytes: Buffer,
  isWanted: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  try {
    const zip = await open(bytes)
    if (zip.entryCount > MAX_FILES) throw tooLarge(`${MAX_FILES} files`)
    let left = MAX_BYTES
    for await (const entry of entriesOf(zip)) {
      if (!isWanted(entry.fileName)) continue
      // The size is checked again as it is unpacked: an archive may lie.
      left -= entry.uncompressedSize
      if (left < 0) throw tooLarge(`${MAX_BYTES} bytes`)
      files.set(entry.fileName, await textOf(zip, entry))
    }
  } catch (error) {
    if (error instanceof NexusError) throw error
    throw new NexusError('validation_failed', 'The body is not a zip archive that can be read.', {
      cause: error,
    })
  }
  return files
}

const tooLarge = (limit: string): NexusError =>
  new NexusError('payload_too_large', `The archive has more than ${limit}.`)

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (let read = 0; read < zip.entryCount; read += 1) {
    yield await new Promise<Entry>((resolve, reject) => {
      const end = (): void => reject(new Error('The archive has fewer files than it says.'))
      zip.once('entry', (entry: Entry) => {
        zip.off('error', reject).off('end', end)
        resolve(entry)
      })
      zip.once('error', reject).once('end', end)
      zip.readEntry()
    })
  }
}

async function textOf(zip: ZipFile, entry: Entry): Promise<string> {
  const stream = await new Promise<Readable>((resolve, reject) =>
    zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error))),
  )
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
}
