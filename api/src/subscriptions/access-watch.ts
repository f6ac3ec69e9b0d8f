import type { ErrorCode, Fanout, Notice, PanelId, Unsubscribe, WorkspaceId } from '@nexus/core'
import type { Access, VerifiedCaller } from '@nexus/core/server'
import type { LiveSessions } from '../accounts/live-sessions.ts'

interface AccessWatchParts {
  readonly access: Access
  readonly liveSessions: LiveSessions
  readonly fanout: Fanout
  readonly onError: (error: unknown) => void
  /** Notices may be lost: rights are looked at this often as well, ms. */
  readonly intervalMs: number
}

interface Watched {
  readonly caller: VerifiedCaller
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId
  /** The caller may not see the panel any more, or it is gone. Called once. */
  readonly onRefused: (code: ErrorCode) => void
}

/** Keeps subscriptions no longer than their caller may see the panel. */
export interface AccessWatch {
  watch(watched: Watched): Unsubscribe
  close(): void
}

export function createAccessWatch(parts: AccessWatchParts): AccessWatch {
  const { access, liveSessions, fanout, onError } = parts
  const workspaces = new Map<
    WorkspaceId,
    { readonly watched: Set<Watched>; readonly notices: Promise<Unsubscribe> }
  >()

  async function check(watched: Watched): Promise<void> {
    const { caller, workspaceId, panelId } = watched
    const { sessionId, userId } = caller
    const isSignedIn = sessionId === null || (await liveSessions.isLive({ id: sessionId, userId }))
    const maySee = isSignedIn && (await access.panelAccess(userId, { workspaceId, panelId })) !== null
    if (!isSignedIn) refuse(watched, 'unauthorized')
    else if (!maySee) refuse(watched, 'not_found')
  }

  function refuse(watched: Watched, code: ErrorCode): void {
    if (unwatch(watched)) watched.onRefused(code)
  }

  /** One after the other: none of them is urgent, and requests shall not wait. What cannot be asked now stays as it is. */
  async function checkAll(all: Iterable<Watched>): Promise<void> {
    for (const watched of all) await check(watched).catch(onError)
  }

  function onNotice(notice: Notice): void {
    const workspace = workspaces.get(notice.workspaceId)
    if (workspace === undefined || notice.type.startsWith('snapshot_')) return
    void checkAll([...workspace.watched])
  }

  function unwatch(watched: Watched): boolean {
    const workspace = workspaces.get(watched.workspaceId)
    const wasWatched = workspace?.watched.delete(watched) === true
    if (workspace?.watched.size !== 0) return wasWatched
    workspaces.delete(watched.workspaceId)
    workspace.notices.then((stop) => stop(), onError)
    return wasWatched
  }

  const timer = setInterval(() => {
    void checkAll([...workspaces.values()].flatMap(({ watched }) => [...watched]))
  }, parts.intervalMs).unref()

  return {
    watch(watched) {
      const { workspaceId } = watched
      const workspace = workspaces.get(workspaceId) ?? {
        watched: new Set(),
        notices: fanout.onNotice(workspaceId, onNotice),
      }
      workspaces.set(workspaceId, workspace)
      workspace.watched.add(watched)
      // What was changed between the caller's sign-in and now.
      workspace.notices.then(() => check(watched)).catch(onError)
      return () => void unwatch(watched)
    },
    close() {
      clearInterval(timer)
      for (const { notices } of workspaces.values()) notices.then((stop) => stop(), onError)
      workspaces.clear()
    },
  }
}
