import type { WorkspaceId } from '@nexus/core'
import type { GitProgram } from '../git/git-program.ts'
import { BRANCH, repositoryPath } from '../git/repository.ts'
import { PUSH_LIMITS } from './pushing.ts'
import { type Remote, settingsFor, urlFor } from './remote.ts'

const MESSAGE = 'The workspace was deleted for good\n'
/** Of all time: the same commit every time, whoever makes it. */
const BY_NEXUS = {
  GIT_AUTHOR_NAME: 'Nexus',
  GIT_AUTHOR_EMAIL: 'nexus@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'Nexus',
  GIT_COMMITTER_EMAIL: 'nexus@localhost',
  GIT_COMMITTER_DATE: '@0 +0000',
}

/**
 * Takes everything of a workspace off its remote: the branch becomes one empty commit, and the tags go. Not the branch
 * itself: Git servers keep that of a repository. Doing it twice is fine.
 *
 * @throws {GitFailed}, {GitEnded} When the remote refuses it or does not answer; it is as it was, or half empty.
 */
export async function emptyRemote(
  { program, gitDir }: { readonly program: GitProgram; readonly gitDir: string },
  remote: Remote,
  workspaceId: WorkspaceId,
): Promise<void> {
  const repository = ['--git-dir', repositoryPath(gitDir, workspaceId)]
  const url = urlFor(remote, workspaceId)
  const settings = { ...PUSH_LIMITS, variables: settingsFor(remote) }
  const tree = (await program.run([...repository, 'mktree'], { input: '' })).trim()
  const commit = (
    await program.run([...repository, 'commit-tree', tree], { input: MESSAGE, variables: BY_NEXUS })
  ).trim()
  const there = await program.run([...repository, 'ls-remote', '--tags', '--refs', url], settings)
  const tags = there.split('\n').flatMap((line) => /\t(refs\/tags\/snapshot\/\S+)$/.exec(line)?.[1] ?? [])
  const refs = [`+${commit}:refs/heads/${BRANCH}`, ...tags.map((tag) => `:${tag}`)]
  await program.run([...repository, 'push', url, ...refs], settings)
}
