import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPglite } from './open-pglite.ts'

const HOLDER = fileURLToPath(new URL('../testkit/pglite-holder.ts', import.meta.url))

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nexus-pglite-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

/** Another process that has the folder open. */
async function someHolder(): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [HOLDER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (holder.stdout === null) throw new Error('no output')
  await once(holder.stdout, 'data')
  return holder
}

async function kill(process: ChildProcess): Promise<void> {
  const exit = once(process, 'exit')
  process.kill('SIGKILL')
  await exit
}

describe('the data folder', () => {
  test('[PGL1] a second process on the same folder is refused, and told who has it', async () => {
    const holder = await someHolder()
    try {
      await expect(openPglite({ dataDir })).rejects.toThrow(`in use by process ${holder.pid}`)
    } finally {
      await kill(holder)
    }
  })

  test('[PGL2] after kill -9 the folder opens at once, with everything that was committed', async () => {
    await kill(await someHolder())
    const { db, close } = await openPglite({ dataDir })
    const { rows } = await sql<{ count: number }>`select count(*) as count from kept`.execute(db)
    expect(rows).toEqual([{ count: 1 }])
    await close()
  })
})

describe('one session', () => {
  test('[PGL5] what a transaction writes is not seen outside before it commits, nor after it is undone', async () => {
    const { db, close } = await openPglite({ dataDir: 'memory://' })
    await sql`create table seen (id int)`.execute(db)
    const count = () => sql<{ count: number }>`select count(*) as count from seen`.execute(db)
    const inside = Promise.withResolvers<void>()
    const undone = db.transaction().execute(async (trx) => {
      await sql`insert into seen values (1)`.execute(trx)
      inside.resolve()
      await sql`select pg_sleep(0.01)`.execute(trx)
      throw new Error('undone')
    })
    await inside.promise
    const outside = count()
    await expect(undone).rejects.toThrow('undone')
    expect((await outside).rows).toEqual([{ count: 0 }])
    await close()
  })

  test('[PGL6] bigint arrives as number and bytea as Uint8Array; errors carry PostgreSQL’s codes', async () => {
    const { db, close } = await openPglite({ dataDir: 'memory://' })
    const { rows } = await sql`select 9007199254740991::bigint as big, '\\x01ff'::bytea as bytes`.execute(db)
    expect(rows).toEqual([{ big: Number.MAX_SAFE_INTEGER, bytes: Uint8Array.of(1, 255) }])
    await expect(sql`select 1 / 0`.execute(db)).rejects.toMatchObject({ code: '22012' })
    await close()
  })
})
