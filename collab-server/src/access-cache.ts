import type { WorkspaceId } from '@nexus/core'
import type { Access, Grantee, WorkspaceAccess } from '@nexus/core/server'

interface Entry {
  readonly answer: Promise<WorkspaceAccess | null>
  readonly goodUntil: number
}

/** Answers "what may this caller do in this workspace", and asks once for many documents of one workspace. */
export interface AccessCache {
  /** Rejects as {@link Access} does; a failure is not kept. An answer that was overtaken by a change is asked anew. */
  get(caller: Grantee, workspaceId: WorkspaceId): Promise<WorkspaceAccess | null>
  /** What is known about anybody in the workspace is out of date. */
  forgetWorkspace(workspaceId: WorkspaceId): void
  forgetAll(): void
}

export function createAccessCache(options: {
  readonly access: Pick<Access, 'workspaceAccess'>
  readonly keepMs: number
  readonly now: () => number
}): AccessCache {
  const entries = new Map<string, Entry>()

  const ask = (key: string, caller: Grantee, workspaceId: WorkspaceId): Entry => {
    const entry = {
      answer: options.access.workspaceAccess(caller, workspaceId),
      goodUntil: options.now() + options.keepMs,
    }
    entry.answer.catch(() => {
      if (entries.get(key) === entry) entries.delete(key)
    })
    entries.set(key, entry)
    return entry
  }
  const dropOld = (): void => {
    const now = options.now()
    // Oldest first: a map keeps the order of insertion.
    for (const [key, entry] of entries) {
      if (entry.goodUntil > now) return
      entries.delete(key)
    }
  }

  return {
    get: async (caller, workspaceId) => {
      const key = `${caller.userId} ${caller.key?.id ?? ''} ${workspaceId}`
      for (;;) {
        dropOld()
        const entry = entries.get(key) ?? ask(key, caller, workspaceId)
        const answer = await entry.answer
        const current = entries.get(key)
        if (current === entry || entry.goodUntil <= options.now()) return answer
      }
    },
    forgetWorkspace: (workspaceId) => {
      for (const key of entries.keys()) if (key.endsWith(` ${workspaceId}`)) entries.delete(key)
    },
    forgetAll: () => entries.clear(),
  }
}
