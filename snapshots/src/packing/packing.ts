import type { WorkspaceId } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import { sql } from 'kysely'
import type { GitProgram } from '../git/git-program.ts'
import { repositoryPath } from '../git/repository.ts'
import { type Claim, type Claimant, renewClaim, withClaim } from '../job/claim.ts'
import { findUnpacked, type Unpacked } from './find-unpacked.ts'
import { folderBytes } from './folder-bytes.ts'
import { packRepository } from './pack-repository.ts'

interface PackingParts {
  readonly claimant: Claimant
  readonly program: GitProgram
  readonly gitDir: string
  readonly logger: Logger
}

export interface RepositoryPacking {
  /** Packs what has grown. Never rejects: what fails, and what is left when it is stopped, is tried next time. */
  run(): Promise<void>
  /** Stops after the repository it is at. */
  stop(): void
}

/** Keeps repositories small: many versions of a file take hardly more room than one. Needs the git program. */
export function createRepositoryPacking(parts: PackingParts): RepositoryPacking {
  const { claimant, program, logger } = parts
  let isStopped = false

  const packAll = async (): Promise<void> => {
    let last: WorkspaceId | null = null
    for (;;) {
      const found: Unpacked[] = await findUnpacked(claimant.db, last)
      for (const unpacked of found) {
        if (isStopped) return
        last = unpacked.workspaceId
        try {
          await packOne(parts, unpacked)
        } catch (error) {
          logger.warn({ err: error, workspaceId: last }, 'a repository could not be packed')
        }
      }
      if (found.length === 0) return
    }
  }

  return {
    run: async () => {
      if ((await program.version()) === null) return
      try {
        await packAll()
      } catch (error) {
        logger.warn({ err: error }, 'the database cannot be asked for repositories to pack')
      }
    },
    stop: () => {
      isStopped = true
    },
  }
}

/** Under the workspace's claim; one that somebody else has is packed the next time. */
async function packOne(parts: PackingParts, { workspaceId, isWhole }: Unpacked): Promise<void> {
  await withClaim(parts.claimant, workspaceId, async (claim) => {
    const repository = repositoryPath(parts.gitDir, workspaceId)
    const packed = await packRepository({
      program: parts.program,
      repository,
      isWhole,
      requireAlone: () => renewClaim(parts.claimant, claim),
    })
    await notePacked(parts.claimant, claim, { isWhole, bytes: await folderBytes(repository) })
    parts.logger.info({ workspaceId, packed }, 'a repository was packed')
  })
}

async function notePacked(
  { db }: Claimant,
  claim: Claim,
  { isWhole, bytes }: { readonly isWhole: boolean; readonly bytes: number },
): Promise<void> {
  await sql`
    update workspace_git g set
      packed_number = coalesce((select max(number) from workspace_commits c where c.workspace_id = g.workspace_id), 0),
      size_bytes = ${bytes}::bigint,
      packed_whole_at = case when ${isWhole} then g.head_commit end
    where g.workspace_id = ${claim.workspaceId} and g.lease_owner = ${claim.owner}
  `.execute(db)
}
