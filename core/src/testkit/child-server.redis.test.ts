import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { startChildServer } from './child-server.ts'
import { startRedis } from './start-redis.ts'

const HOLDER = fileURLToPath(new URL('./server-holder.ts', import.meta.url))

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.runIf(process.platform === 'linux')(
  '[KIT2] a server ends, and its folder goes, when the process that started it is killed with -9',
  async () => {
    const holder = spawn(process.execPath, [HOLDER], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [output] = (await once(holder.stdout, 'data')) as [Buffer]
    const pid = Number(output.toString())
    const folder = readlinkSync(`/proc/${pid}/cwd`)
    holder.kill('SIGKILL')
    await vi.waitFor(() => expect([isAlive(pid), existsSync(folder)]).toEqual([false, false]), {
      timeout: 10_000,
    })
  },
)

test('[KIT2] a stopped server is gone when stop resolves', async () => {
  const redis = await startRedis()
  await redis.stop()
  expect(isAlive(redis.pid)).toBe(false)
})

test('[KIT3] a server that does not start says why, and leaves no folder behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-test-none-'))
  const starting = startChildServer({
    program: 'sh',
    args: ['-c', 'echo it cannot be; exit 3'],
    readyLine: /ready/,
    stopSignal: 'TERM',
    folder,
  })
  await expect(starting).rejects.toThrow('it cannot be')
  expect(existsSync(folder)).toBe(false)
})
