import { type CommitDiffs, NexusError } from '@nexus/core'
import { commitDiffSchema } from '@nexus/core/http-contract'

const TIMEOUT_MS = 25_000

/** Asks a process that has the repositories. @param url - Of the snapshot workers, such as `http://snapshots:4003`. */
export function createRemoteCommitDiffs(url: string): CommitDiffs {
  const ask = async (path: string, token: string): Promise<Response> => {
    try {
      return await fetch(url.replace(/\/+$/, '') + path, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (cause) {
      throw unreachable(cause)
    }
  }
  return {
    read: async ({ workspaceId, hash, token }) => {
      const response = await ask(`/git/${workspaceId}.git/commits/${hash}/diff`, token)
      if (response.status === 404) return null
      if (response.status !== 200) throw unreachable(new Error(`answered ${response.status}`))
      const parsed = commitDiffSchema.safeParse(await response.json().catch(() => null))
      if (!parsed.success) throw unreachable(parsed.error)
      return parsed.data
    },
  }
}

const unreachable = (cause: unknown): NexusError =>
  new NexusError('unavailable', 'The repository cannot be read at the moment; try again.', { cause })
