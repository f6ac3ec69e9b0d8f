import { useEffect, useState, useSyncExternalStore } from 'react'
import type { PanelSession, PanelStatus } from '../session/panel-session.ts'
import type { Person, RemoteCursor } from '../session/people.ts'
import type { WorkspaceSession } from '../session/workspace-session.ts'
import { useLive } from '../stores/live.ts'

const NOBODY: readonly Person[] = []
const nothing = () => () => {}

/** The live session of the open workspace. */
const useWorkspaceSession = (): WorkspaceSession | null => useLive(({ session }) => session)

/** Everybody in the open workspace, myself first. */
export function usePeople(): readonly Person[] {
  const session = useWorkspaceSession()
  return useSyncExternalStore(session?.subscribe ?? nothing, session?.people ?? (() => NOBODY))
}

/** The live panel while the component is on the screen; `null` for a moment before. */
export function usePanelSession(panelId: string): PanelSession | null {
  const session = useWorkspaceSession()
  const [panel, setPanel] = useState<PanelSession | null>(null)
  useEffect(() => {
    if (session === null) return
    const opened = session.openPanel(panelId)
    session.lookAt(panelId)
    setPanel(opened)
    return () => {
      setPanel(null)
      session.lookAt(null)
      session.release(opened)
    }
  }, [session, panelId])
  return panel?.panelId === panelId ? panel : null
}

export const usePanelStatus = (panel: PanelSession): PanelStatus =>
  useSyncExternalStore(panel.subscribe, panel.status)

export const usePanelPeople = (panel: PanelSession): readonly Person[] =>
  useSyncExternalStore(panel.subscribe, panel.people)

export const useRemoteCursors = (panel: PanelSession): readonly RemoteCursor[] =>
  useSyncExternalStore(panel.subscribe, panel.remoteCursors)
