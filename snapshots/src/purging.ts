import { rm } from 'node:fs/promises'
import type { Logger } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { repositoryPath } from './git/repository.ts'

const AT_A_TIME = 100

export interface Purging {
  /** Removes the repositories of workspaces that are gone for good. Never rejects: what fails is tried next time. */
  run(): Promise<void>
}

/**
 * Only of those the database names as purged: a folder that it merely does not know may be another installation's. The
 * folder goes before the name, so that one that was interrupted is found again.
 */
export function createPurging(parts: {
  readonly db: Db
  readonly gitDir: string
  readonly logger: Logger
}): Purging {
  const { db, gitDir, logger } = parts
  return {
    run: async () => {
      try {
        const rows = await db
          .selectFrom('purged_workspaces')
          .select('workspace_id')
          .orderBy('purged_at')
          .limit(AT_A_TIME)
          .execute()
        for (const { workspace_id: workspaceId } of rows) {
          await rm(repositoryPath(gitDir, workspaceId), { recursive: true, force: true })
          await db.deleteFrom('purged_workspaces').where('workspace_id', '=', workspaceId).execute()
        }
      } catch (error) {
        logger.warn({ err: error }, 'repositories of purged workspaces could not be removed')
      }
    },
  }
}
