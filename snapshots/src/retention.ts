import type { WorkspaceId } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'

export interface SnapshotRetention {
  /** Forgets what has grown old. Never rejects: what fails is tried next time. */
  run(): Promise<void>
  stop(): void
}

const WORKSPACES_AT_A_TIME = 100

/**
 * Keeps the list of automatic snapshots short: all of a day, one an hour of a week, one a day of a year, each the newest; what
 * people and programs have asked for stays for ever. The commits stay too, and can be read and restored.
 */
export function createSnapshotRetention({
  db,
  logger,
}: {
  readonly db: Db
  readonly logger: Logger
}): SnapshotRetention {
  let isStopped = false
  return {
    run: async () => {
      try {
        let last: WorkspaceId | null = null
        for (;;) {
          const page = await findWorkspaces(db, last)
          last = page.at(-1) ?? null
          if (last === null || isStopped) return
          await forgetOld(db, page)
        }
      } catch (error) {
        logger.warn({ err: error }, 'old snapshots could not be forgotten')
      }
    },
    stop: () => {
      isStopped = true
    },
  }
}

async function findWorkspaces(db: Db, after: WorkspaceId | null): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ id: WorkspaceId }>`
    select id from workspaces where ${after}::uuid is null or id > ${after}::uuid
    order by id limit ${WORKSPACES_AT_A_TIME}
  `.execute(db)
  return rows.map(({ id }) => id)
}

async function forgetOld(db: Db, workspaces: readonly WorkspaceId[]): Promise<void> {
  await sql`
    delete from state_snapshots s using (
      select id, row_number() over (
        partition by workspace_id, case
          when created_at > now() - interval '7 days' then date_trunc('hour', created_at, 'UTC')
          when created_at > now() - interval '365 days' then date_trunc('day', created_at, 'UTC')
        end
        order by created_at desc, id desc
      ) as place, created_at <= now() - interval '365 days' as is_over
      from state_snapshots
      where workspace_id = any(${[...workspaces]}::uuid[]) and type = 'auto' and created_by is null
        and state = 'created' and created_at < now() - interval '1 day'
    ) old
    where s.id = old.id and (old.place > 1 or old.is_over)
  `.execute(db)
}
