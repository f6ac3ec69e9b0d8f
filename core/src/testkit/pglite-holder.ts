// A process of its own for tests: opens the folder in its first argument, writes one row, says so, and waits to be killed.
import { sql } from 'kysely'
import { openPglite } from '../pglite/open-pglite.ts'

const [dataDir = ''] = process.argv.slice(2)
const { db } = await openPglite({ dataDir })
await sql`create table if not exists kept (id int)`.execute(db)
await sql`insert into kept values (1)`.execute(db)
process.stdout.write('open\n')
setInterval(() => undefined, 60_000)
