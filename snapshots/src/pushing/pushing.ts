import type { Logger, Metrics } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import type { GitProgram } from '../git/git-program.ts'
import { BRANCH, repositoryPath } from '../git/repository.ts'
import { notePushed, notePushFailed, takeUnpushed, type Unpushed } from './push-ledger.ts'
import { type Remote, settingsFor, urlFor } from './remote.ts'

interface PushingParts {
  readonly db: Db
  readonly program: GitProgram
  readonly gitDir: string
  /** `null`: nothing is pushed. */
  readonly remote: Remote | null
  readonly logger: Logger
  readonly metrics: Metrics
}

export interface Pushing {
  /** Pushes whatever is due. Never rejects: what fails is tried again, and says so where the workspace is read. */
  run(): Promise<void>
  stop(): void
}

const AT_ONCE = 10
/** Of one conversation with the remote. */
export const PUSH_LIMITS = { timeoutMs: 120_000, maxBytes: 1_000_000 }

/** Sends every commit on to the remote of the installation, once it is made. */
export function createPushing({ remote, ...parts }: PushingParts): Pushing {
  let isStopped = false
  const count = parts.metrics.counter({
    name: 'nexus_git_pushes_total',
    help: 'Pushes of repositories to the remote, by outcome.',
    labels: ['outcome'],
  })

  const pushAll = async (to: Remote): Promise<void> => {
    while (!isStopped) {
      const due = await takeUnpushed(parts.db, AT_ONCE)
      for (const unpushed of due) {
        const error = await pushOne(parts, to, unpushed)
        count({ outcome: error === null ? 'pushed' : 'failed' })
        if (error === null) continue
        const { workspaceId, failures } = unpushed
        parts.logger.warn({ workspaceId, failures: failures + 1, error }, 'a repository could not be pushed')
      }
      if (due.length < AT_ONCE) return
    }
  }

  return {
    run: async () => {
      if (remote === null || (await parts.program.version()) === null) return
      try {
        await pushAll(remote)
      } catch (error) {
        parts.logger.warn({ err: error }, 'the database cannot be asked for repositories to push')
      }
    },
    stop: () => {
      isStopped = true
    },
  }
}

/** The branch, and the tags of named snapshots. Nothing of the remote is overwritten: what it has and we have not is an error. */
async function pushOne(
  { db, program, gitDir }: Pick<PushingParts, 'db' | 'program' | 'gitDir'>,
  remote: Remote,
  unpushed: Unpushed,
): Promise<string | null> {
  const { workspaceId, commit } = unpushed
  try {
    const refs = [`${commit}:refs/heads/${BRANCH}`, 'refs/tags/*:refs/tags/*']
    await program.run(
      ['--git-dir', repositoryPath(gitDir, workspaceId), 'push', urlFor(remote, workspaceId), ...refs],
      { ...PUSH_LIMITS, variables: settingsFor(remote) },
    )
  } catch (error) {
    const reason = reasonOf(error)
    await notePushFailed(db, unpushed, reason)
    return reason
  }
  await notePushed(db, unpushed)
  return null
}

/** Git's own words: the lines that say what went wrong. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  const lines = text.split('\n').filter((line) => /^(fatal|error|remote|!)/.test(line.trim()))
  const said = lines.join(' ').replace(/\s+/g, ' ').trim()
  return said === '' ? 'git push failed.' : said
}
