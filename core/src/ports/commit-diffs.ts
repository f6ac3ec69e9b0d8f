import type { WorkspaceId } from '../model/ids.ts'

export const FILE_CHANGES = ['added', 'changed', 'removed', 'renamed'] as const
export type FileChange = (typeof FILE_CHANGES)[number]

/** What a commit did to one file. */
export interface FileDiff {
  readonly path: string
  /** Of a renamed file: what it was called; else `null`. */
  readonly previousPath: string | null
  readonly change: FileChange
  readonly additions: number
  readonly deletions: number
  /** Unified, without the file's header; '' when only the name changed. `null`: too large to be told. */
  readonly diff: string | null
}

/** What a commit did, compared with the one before it. */
export interface CommitDiff {
  readonly hash: string
  readonly files: readonly FileDiff[]
}

/** What commits did to the files of a workspace's repository. */
export interface CommitDiffs {
  /**
   * @param token - Access token of whoever asks, who may read the workspace: the repository may be another process's, which
   *   looks at it again.
   * @returns `null` when the repository has no such commit.
   * @throws {NexusError} `unavailable` when the repository cannot be asked.
   */
  read(asked: {
    readonly workspaceId: WorkspaceId
    readonly hash: string
    readonly token: string
  }): Promise<CommitDiff | null>
}
