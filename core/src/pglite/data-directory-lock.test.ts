import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataDirectory } from './data-directory-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('[PGL3] what a dead owner left behind does not lock, even if its process id lives on as something else', () => {
  lockDataDirectory(folder)()
  writeFileSync(join(folder, 'owner'), String(process.pid))
  lockDataDirectory(folder)()
})

test('[PGL4] one process cannot have a folder twice, and can again after giving it back', () => {
  const unlock = lockDataDirectory(folder)
  expect(() => lockDataDirectory(folder)).toThrow(`in use by process ${process.pid}`)
  unlock()
  lockDataDirectory(folder)()
})

test('[PGL4] a folder that is not there is an error of its own, not a lock', () => {
  expect(() => lockDataDirectory(join(folder, 'none'))).toThrow('unable to open')
})
