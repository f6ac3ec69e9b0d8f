import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testkit/temporary-folder.ts'
import { createDurableFiles, removeStale } from './durable-fs.ts'

const WRITER = fileURLToPath(new URL('../testkit/writer-to-kill.ts', import.meta.url))

test('[SNAP3] a process killed in the middle of a write leaves no half file under its name', async () => {
  const folder = await temporaryFolder()
  const writer = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(writer.stdout, 'data')
  // Bytes are on their way: something is in the folder, and it is not whole.
  await expect.poll(() => readdir(folder), { interval: 1, timeout: 20_000 }).not.toEqual([])
  writer.kill('SIGKILL')
  await once(writer, 'exit')
  const [name, ...others] = await readdir(folder)
  expect(name).toMatch(/^tmp_obj_/)
  expect(others).toEqual([])
})

test('[SNAP3] a write that fails leaves what was there, and nothing else', async () => {
  const folder = await temporaryFolder()
  const files = createDurableFiles(folder)
  await files.replace(join(folder, 'ref'), Buffer.from('old'))
  const intoFile = files.replace(join(folder, 'ref', 'below-a-file'), Buffer.from('new'))
  await expect(intoFile).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['ref'])
})

test('[SNAP3] creating never replaces', async () => {
  const folder = await temporaryFolder()
  const files = createDurableFiles(folder)
  const path = join(folder, 'lock')
  const made = await Promise.all([1, 2, 3].map((n) => files.create(path, Buffer.from(String(n)))))
  expect(made.filter((isMine) => isMine)).toHaveLength(1)
  expect((await stat(path)).size).toBe(1)
})

test('[SNAP3] what a killed process left is removed once it is old', async () => {
  const folder = await temporaryFolder()
  for (const name of ['tmp_obj_old', 'tmp_obj_new', 'pack']) await writeFile(join(folder, name), '')
  const old = new Date('2020-01-01')
  await utimes(join(folder, 'tmp_obj_old'), old, old)
  await utimes(join(folder, 'pack'), old, old)
  await removeStale(folder, 'tmp_obj_', new Date())
  expect((await readdir(folder)).sort()).toEqual(['pack', 'tmp_obj_new'])
})
