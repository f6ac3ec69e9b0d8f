import { type ComponentType, createContext, useContext, useRef, useSyncExternalStore } from 'react'
import type { PanelSession } from '../../session/panel-session.ts'
import type { PanelStore } from '../../session/panel-store.ts'
import type { ToolRunner } from '../../session/tool-runner.ts'
import type { Scope, ViewNodeProps } from './component.ts'
import type { ViewHandles } from './view-handles.ts'

export const NO_SCOPE: Scope = {}

/** What every component of a panel works with. */
export interface PanelContext {
  readonly session: PanelSession
  readonly store: PanelStore
  readonly runner: ToolRunner
  readonly handles: ViewHandles
  readonly isReadOnly: boolean
  /** Draws a node; boxes draw their children with it. */
  readonly Node: ComponentType<ViewNodeProps>
  /** Inputs write here what is typed and not written yet; a tool must see it. */
  readonly unwritten: Set<() => void>
}

export const PanelContextProvider = createContext<PanelContext | null>(null)

export function usePanel(): PanelContext {
  const panel = useContext(PanelContextProvider)
  if (panel === null) throw new Error('A panel component outside a panel')
  return panel
}

/** Redraws the component when one of the values of these names changes, and only then. */
export function useValues(store: PanelStore, names: readonly string[]): string {
  const current = useRef(names)
  current.current = names
  return useSyncExternalStore(store.subscribe, () => store.stamp(current.current))
}
