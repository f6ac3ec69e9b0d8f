import { create } from 'zustand'
import type { Account } from '../api/shapes.ts'
import { browserNetwork } from '../session/browser-network.ts'
import { createCollabSocket } from '../session/collab-transport.ts'
import { createUnsavedDocuments, openOfflineCopy } from '../session/offline-copy.ts'
import { openWorkspaceSession, type WorkspaceSession } from '../session/workspace-session.ts'
import { useAccount } from './account.ts'
import { api } from './api.ts'
import { useWorkspaces } from './workspaces.ts'

/** The live session of the open workspace; `null` when none is open. */
export const useLive = create<{ readonly session: WorkspaceSession | null }>()(() => ({ session: null }))

const collabUrl = (): string => {
  const { protocol, host } = window.location
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/collab`
}

function openFor(account: Account, workspaceId: string): WorkspaceSession {
  let lastToken = ''
  const token = async (refused: boolean): Promise<string> => {
    lastToken = await (refused ? api.token.replace(lastToken) : api.token.current())
    return lastToken
  }
  return openWorkspaceSession({
    workspaceId,
    user: { id: account.id, name: account.name },
    socket: createCollabSocket({ url: collabUrl(), token }),
    openCopy: (doc, documentName) => openOfflineCopy(doc, { userId: account.id, documentName }),
    unsaved: createUnsavedDocuments(account.id, localStorage),
    onNotice: () => void useWorkspaces.getState().refresh(),
    network: browserNetwork,
  })
}

/** Whose live session is wanted now, as one text; `null` when none is. */
function wanted(): { key: string; account: Account; workspaceId: string } | null {
  const { current } = useAccount.getState()
  const { open } = useWorkspaces.getState()
  if (current.state !== 'signed-in' || open.state !== 'open') return null
  return { key: `${current.account.id} ${open.id}`, account: current.account, workspaceId: open.id }
}

/** Keeps exactly the open workspace connected. @returns Stops and disconnects. */
export function startLive(): () => void {
  let key: string | null = null
  const follow = (): void => {
    const next = wanted()
    if (next?.key === key || (next === null && key === null)) return
    useLive.getState().session?.close()
    key = next?.key ?? null
    useLive.setState({ session: next === null ? null : openFor(next.account, next.workspaceId) })
  }
  const stops = [useAccount.subscribe(follow), useWorkspaces.subscribe(follow)]
  follow()
  return () => {
    for (const stop of stops) stop()
    useLive.getState().session?.close()
    useLive.setState({ session: null })
  }
}
