import { TriangleAlert } from 'lucide-react'
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { PanelSession } from '../../session/panel-session.ts'
import { createPanelStore, type PanelStore } from '../../session/panel-store.ts'
import { createToolRunner, type ScreenEvent } from '../../session/tool-runner.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { showToast } from '../../ui/toasts.ts'
import { NO_SCOPE, type PanelContext, PanelContextProvider } from './panel-context.ts'
import { createViewHandles } from './view-handles.ts'
import { ViewNodeView } from './view-node.tsx'

interface PanelViewProps {
  readonly session: PanelSession
  readonly isReadOnly: boolean
  /** A tool asks to go there. */
  readonly onNavigate: (panelId: string) => void
  /** Shown when the panel has no definition. */
  readonly freeForm: (store: PanelStore) => ReactNode
}

const NO_ROWS: readonly string[] = []

/** The store of a session's document while the component is on the screen. */
function usePanelStore(session: PanelSession): PanelStore | null {
  const [store, setStore] = useState<PanelStore | null>(null)
  useEffect(() => {
    const opened = createPanelStore(session.doc)
    setStore(opened)
    return () => {
      setStore(null)
      opened.close()
    }
  }, [session])
  return store
}

/** A live panel: its NXML view over its state, or its data when it has no definition. */
export function PanelView({ session, isReadOnly, onNavigate, freeForm }: PanelViewProps) {
  const store = usePanelStore(session)
  return store === null ? null : (
    <LivePanel
      session={session}
      store={store}
      isReadOnly={isReadOnly}
      onNavigate={onNavigate}
      freeForm={freeForm}
    />
  )
}

function useContextOf({
  session,
  store,
  isReadOnly,
  onScreenEvent,
}: {
  session: PanelSession
  store: PanelStore
  isReadOnly: boolean
  onScreenEvent: (event: ScreenEvent) => void
}): PanelContext {
  const latest = useRef({ isReadOnly, onScreenEvent })
  latest.current = { isReadOnly, onScreenEvent }
  const lasting = useMemo(() => {
    const handles = createViewHandles()
    const runner = createToolRunner({
      doc: session.doc,
      store,
      me: session.me,
      isReadOnly: () => latest.current.isReadOnly,
      onScreenEvent: (event) => latest.current.onScreenEvent(event),
      onViewCommand: handles.handle,
    })
    return { session, store, handles, runner, unwritten: new Set<() => void>() }
  }, [session, store])
  return useMemo(() => ({ ...lasting, isReadOnly, Node: ViewNodeView }), [lasting, isReadOnly])
}

function LivePanel({
  session,
  store,
  isReadOnly,
  onNavigate,
  freeForm,
}: PanelViewProps & { store: PanelStore }) {
  const definition = useSyncExternalStore(store.subscribe, store.definition)
  const [asked, setAsked] = useState<Exclude<ScreenEvent, { type: 'toast' }> | null>(null)

  const onScreenEvent = (event: ScreenEvent): void => {
    if (event.type === 'toast') showToast(event)
    else if (event.type === 'navigate' && 'panelId' in event.to) onNavigate(event.to.panelId)
    else setAsked(event)
  }
  const context = useContextOf({ session, store, isReadOnly, onScreenEvent })
  const hasTools = definition.kind === 'nxml' && definition.panel.tools.length > 0
  useEffect(() => {
    if (hasTools) context.runner.prepare()
  }, [hasTools, context.runner])

  if (definition.kind === 'free-form') return freeForm(store)
  const error = definition.diagnostics.find(({ severity }) => severity === 'error')
  if (definition.kind === 'broken') {
    return (
      <EmptyState icon={<TriangleAlert aria-hidden />} title="This panel’s source has an error">
        {error === undefined ? 'It cannot be shown.' : `Line ${error.loc.startLine}: ${error.message}`}
      </EmptyState>
    )
  }
  const { view } = definition.panel
  return (
    <PanelContextProvider value={context}>
      {error !== undefined && (
        <p
          role="status"
          className="mb-4 flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn"
        >
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          The newest source has an error in line {error.loc.startLine}; the last version that worked is shown.
        </p>
      )}
      <UndoKeys session={session}>
        {view === null ? (
          <p className="text-muted">This panel has no view. Its tools can be used by programs.</p>
        ) : (
          <ViewNodeView node={view} scope={NO_SCOPE} rowKeys={NO_ROWS} />
        )}
      </UndoKeys>
      <AskedDialog asked={asked} onClose={() => setAsked(null)} />
    </PanelContextProvider>
  )
}

/** Ctrl/⌘+Z and Shift+Ctrl/⌘+Z (or Ctrl+Y) undo and redo one's own changes of the panel. */
function UndoKeys({ session, children }: { session: PanelSession; children: ReactNode }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const { target } = event
    if (target instanceof Element && target.closest('[data-native-undo]') !== null) return
    if ((!event.ctrlKey && !event.metaKey) || event.altKey) return
    const key = event.key.toLowerCase()
    const isRedo = (key === 'z' && event.shiftKey) || key === 'y'
    if (key !== 'z' && !isRedo) return
    event.preventDefault()
    if (isRedo) session.undo.redo()
    else session.undo.undo()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears keys on their way up from the fields inside.
    <div className="@container/panel" onKeyDown={onKeyDown}>
      {children}
    </div>
  )
}

function AskedDialog({
  asked,
  onClose,
}: {
  asked: Exclude<ScreenEvent, { type: 'toast' }> | null
  onClose: () => void
}) {
  if (asked === null) return null
  const url = asked.type === 'navigate' && 'url' in asked.to ? asked.to.url : null
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="sm"
      title={asked.type === 'modal' ? asked.title : 'Open another site?'}
      description={
        asked.type === 'modal' ? asked.message : 'This panel wants to open an address outside Nexus.'
      }
    >
      {url !== null && (
        <DialogBody>
          <p className="font-mono text-sm break-all">{url}</p>
        </DialogBody>
      )}
      <DialogFooter>
        <Button onClick={onClose}>{url === null ? 'OK' : 'Stay here'}</Button>
        {url !== null && (
          <a
            href={url}
            target="_blank"
            rel="noreferrer noopener"
            onClick={onClose}
            className="inline-flex h-8.5 items-center rounded-md bg-accent px-3.5 text-sm font-medium text-on-accent hover:bg-accent-hover"
          >
            Open
          </a>
        )}
      </DialogFooter>
    </Dialog>
  )
}
