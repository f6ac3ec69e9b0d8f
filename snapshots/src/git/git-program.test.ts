import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testkit/temporary-folder.ts'
import { createGitProgram } from './git-program.ts'

test('[GIT6] a git that could not be started is looked for again, one that was found is not', async () => {
  const path = join(await temporaryFolder(), 'git')
  const program = createGitProgram(path)
  expect(await program.version()).toBeNull()
  await writeFile(path, '#!/bin/sh\necho git version 9.8.7\n')
  await chmod(path, 0o755)
  expect(await program.version()).toBe('9.8.7')
  await writeFile(path, '#!/bin/sh\nexit 1\n')
  expect(await program.version()).toBe('9.8.7')
})

test('[GIT5] a run ends with all it has started: in time, with its caller, and when it says too much', async () => {
  const path = join(await temporaryFolder(), 'git')
  await writeFile(path, '#!/bin/sh\nsleep 60 &\nyes\n')
  await chmod(path, 0o755)
  const { run } = createGitProgram(path)
  await expect(run([], { maxBytes: 1_000 })).rejects.toMatchObject({ why: 'too much' })
  await writeFile(path, '#!/bin/sh\nsleep 60 &\nsleep 60\n')
  await expect(run([], { timeoutMs: 50 })).rejects.toMatchObject({ why: 'too long' })
  await expect(run([], { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ why: 'not wanted' })
  await writeFile(path, '#!/bin/sh\necho fatal: no >&2\nexit 3\n')
  await expect(run(['push'])).rejects.toMatchObject({ stderr: 'fatal: no\n' })
})
