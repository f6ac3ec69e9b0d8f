import type { ErrorCode, Fanout, Notice, PanelId, Unsubscribe, WorkspaceId } from '@nexus/core'
import { type Access, credentialOf, type LiveCredentials, type VerifiedCaller } from '@nexus/core/server'

interface AccessWatchParts {
  readonly access: Access
  readonly liveCredentials: LiveCredentials
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
  const { access, liveCredentials, fanout, onError } = parts
  const workspaces = new Map<
    WorkspaceId,
    { readonly watched: Set<Watched>; readonly notices: Promise<Unsubscribe> }
  >()

  /** Whom a notice concerns; looked up before those whose turn has come. */
  const noticed = new Set<Watched>()
  const routine = new Set<Watched>()
  let isChecking = false

  async function check(watched: Watched): Promise<void> {
    const { caller, workspaceId, panelId } = watched
    const isSignedIn = await liveCredentials.isLive(caller)
    const maySee = isSignedIn && (await access.panelAccess(caller, { workspaceId, panelId })) !== null
    if (!isSignedIn) refuse(watched, 'unauthorized')
    else if (!maySee) refuse(watched, 'not_found')
  }

  function refuse(watched: Watched, code: ErrorCode): void {
    if (unwatch(watched)) watched.onRefused(code)
  }

  function checkSoon(queue: Set<Watched>, all: Iterable<Watched>): void {
    for (const watched of all) queue.add(watched)
    void checkDue()
  }

  /** One after the other: requests shall not wait, and a flood of notices is one look. What cannot be asked now stays as it is. */
  async function checkDue(): Promise<void> {
    if (isChecking) return
    isChecking = true
    for (let next = takeDue(); next !== undefined; next = takeDue()) await check(next).catch(onError)
    isChecking = false
  }

  function takeDue(): Watched | undefined {
    const [next] = noticed.size > 0 ? noticed : routine
    // Before asking: a notice that comes meanwhile has it asked again.
    if (next !== undefined) forget(next)
    return next
  }

  function forget(watched: Watched): void {
    noticed.delete(watched)
    routine.delete(watched)
  }

  function onNotice(notice: Notice): void {
    const watched = workspaces.get(notice.workspaceId)?.watched ?? []
    checkSoon(
      noticed,
      [...watched].filter((one) => concerns(notice, one)),
    )
  }

  function unwatch(watched: Watched): boolean {
    forget(watched)
    const workspace = workspaces.get(watched.workspaceId)
    const wasWatched = workspace?.watched.delete(watched) === true
    if (workspace?.watched.size !== 0) return wasWatched
    workspaces.delete(watched.workspaceId)
    workspace.notices.then((stop) => stop(), onError)
    return wasWatched
  }

  const stopHearing = liveCredentials.onEnded((id) => {
    for (const { watched } of workspaces.values())
      for (const one of [...watched]) if (credentialOf(one.caller) === id) refuse(one, 'unauthorized')
  })
  const timer = setInterval(() => {
    for (const { watched } of workspaces.values()) checkSoon(routine, watched)
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
      stopHearing()
      noticed.clear()
      routine.clear()
      for (const { notices } of workspaces.values()) notices.then((stop) => stop(), onError)
      workspaces.clear()
    },
  }
}

/** Whether `notice` may mean that the caller may not see the panel any more. */
function concerns(notice: Notice, { caller, panelId }: Watched): boolean {
  if (notice.type.startsWith('snapshot_')) return false
  if ('userId' in notice) return notice.userId === caller.userId
  return !('panelId' in notice) || notice.panelId === panelId
}
