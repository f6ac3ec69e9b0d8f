import { join } from 'node:path'
import { createDurableFiles } from '../git/durable-fs.ts'

const BYTES = 64_000_000

/** Writes one large file in `folder` and says when it begins; the test kills it in the middle. */
async function main([folder]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Error('usage: writer-to-kill.ts <folder>')
  const files = createDurableFiles(folder)
  const bytes = new Uint8Array(BYTES).fill(7)
  process.stdout.write('writing\n')
  await files.replace(join(folder, 'object'), bytes)
  process.stdout.write('written\n')
  await new Promise(() => setInterval(() => undefined, 1_000))
}

await main(process.argv.slice(2))
