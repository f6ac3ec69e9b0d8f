import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { WorkspaceId } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import type { GitProgram } from './git/git-program.ts'
import { repositoryPath } from './git/repository.ts'
import { emptyRemote } from './pushing/empty-remote.ts'
import { reasonOf } from './pushing/pushing.ts'
import type { Remote } from './pushing/remote.ts'

const AT_A_TIME = 100

export interface Purging {
  /** Removes the repositories of workspaces that are gone for good. Never rejects: what fails is tried next time. */
  run(): Promise<void>
}

interface PurgingParts {
  readonly db: Db
  readonly gitDir: string
  readonly program: GitProgram
  /** `null`: nothing is sent on any more; what was sent is its operator's to remove. */
  readonly remote: Remote | null
  readonly logger: Logger
}

interface Purged {
  readonly workspaceId: WorkspaceId
  readonly isPushed: boolean
}

/**
 * Only of those the database names as purged: a folder that it merely does not know may be another installation's. First
 * what was sent on is taken away there, then the folder goes, then the name, so that one that was interrupted is found
 * again.
 */
export function createPurging(parts: PurgingParts): Purging {
  const { db, gitDir, logger } = parts
  return {
    run: async () => {
      try {
        for (const purged of await findPurged(db)) {
          if (!(await isOffRemote(parts, purged))) continue
          const { workspaceId } = purged
          await rm(repositoryPath(gitDir, workspaceId), { recursive: true, force: true })
          await db.deleteFrom('purged_workspaces').where('workspace_id', '=', workspaceId).execute()
        }
      } catch (error) {
        logger.warn({ err: error }, 'repositories of purged workspaces could not be removed')
      }
    },
  }
}

/** Those that have failed before come last, so that they hold up nobody. */
async function findPurged(db: Db): Promise<Purged[]> {
  const rows = await db
    .selectFrom('purged_workspaces')
    .select(['workspace_id', 'is_pushed'])
    .orderBy('failures')
    .orderBy('purged_at')
    .limit(AT_A_TIME)
    .execute()
  return rows.map((row) => ({ workspaceId: row.workspace_id, isPushed: row.is_pushed }))
}

/** Whether the remote, as far as there is one, has nothing of it any more. */
async function isOffRemote(
  { db, gitDir, program, remote, logger }: PurgingParts,
  { workspaceId, isPushed }: Purged,
): Promise<boolean> {
  // Without its folder it has been taken off already, or nobody can say what was there.
  if (!isPushed || remote === null || !existsSync(repositoryPath(gitDir, workspaceId))) return true
  try {
    await emptyRemote({ program, gitDir }, remote, workspaceId)
    return true
  } catch (error) {
    logger.warn(
      { workspaceId, error: reasonOf(error) },
      'a workspace that is gone for good could not be taken off the remote; it is tried again',
    )
    await db
      .updateTable('purged_workspaces')
      .set(({ eb }) => ({ failures: eb('failures', '+', 1) }))
      .where('workspace_id', '=', workspaceId)
      .execute()
    return false
  }
}
