import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { openPostgres } from '../postgres/open-postgres.ts'
import { startChildServer } from './child-server.ts'
import { startPostgres } from './start-postgres.ts'
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

test('[KIT2] a server that is held with SIGSTOP ends, too', async () => {
  const redis = await startRedis()
  process.kill(redis.pid, 'SIGSTOP')
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

test('[KIT4] a PostgreSQL killed with all its processes starts again with what had committed', async () => {
  const postgres = await startPostgres({ durable: true })
  const { db, close } = await openPostgres({ url: postgres.url })
  await sql`create table kept (number int)`.execute(db)
  await sql`insert into kept values (7)`.execute(db)
  const { pid } = postgres
  await postgres.crash()
  expect(isAlive(pid)).toBe(false)
  await postgres.restart()
  const { rows } = await sql`select number from kept`.execute(db)
  expect(rows).toEqual([{ number: 7 }])
  await close()
  await postgres.stop()
})

test('[KIT4] a frozen server answers when it is thawed, and not before', async () => {
  const postgres = await startPostgres()
  const { db, close } = await openPostgres({ url: postgres.url, maxConnections: 1 })
  await sql`select 1`.execute(db)
  postgres.freeze()
  const order: string[] = []
  const answer = sql`select 1`.execute(db).then(() => order.push('answered'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  order.push('thawed')
  postgres.thaw()
  await answer
  expect(order).toEqual(['thawed', 'answered'])
  await close()
  await postgres.stop()
})
