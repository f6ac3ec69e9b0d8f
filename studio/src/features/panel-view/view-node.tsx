import type { ViewNode } from '@nexus/core/nxml'
import { type ComponentType, memo, type ReactNode, useEffect, useRef } from 'react'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { ButtonView } from './actions.tsx'
import { ChartView } from './chart.tsx'
import { MetricView, StatusBadgeView, TextView } from './display.tsx'
import { InputView } from './input.tsx'
import { LogStreamView } from './log-stream.tsx'
import { type Scope, usePanel } from './panel-context.ts'
import { ContainerView, LayoutView } from './structure.tsx'
import { SwitchView } from './switch.tsx'

/** What every component is drawn from. */
export interface ComponentProps {
  readonly node: ViewNode
  readonly scope: Scope
  readonly rowKeys: readonly string[]
  /** Its id with the keys of its rows, such as `row[t42]`; `null` for components without an id. */
  readonly instanceId: string | null
}

const COMPONENTS: Readonly<Record<string, ComponentType<ComponentProps>>> = {
  Layout: LayoutView,
  Container: ContainerView,
  Text: TextView,
  Metric: MetricView,
  StatusBadge: StatusBadgeView,
  LogStream: LogStreamView,
  Chart: ChartView,
  Input: InputView,
  Switch: SwitchView,
  Button: ButtonView,
  Action: ButtonView,
}

const Broken = ({ type }: { type: string }) => (
  <p role="alert" className="rounded-md border border-line bg-danger-soft px-3 py-2 text-sm text-danger">
    This {type} could not be drawn.
  </p>
)

interface ViewNodeProps {
  readonly node: ViewNode
  readonly scope: Scope
  readonly rowKeys: readonly string[]
}

const isSameKeys = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key, index) => key === b[index])

/** One component of a panel. A fault in it stays in it. */
export const ViewNodeView = memo(
  function ViewNodeView({ node, scope, rowKeys }: ViewNodeProps) {
    const Component = COMPONENTS[node.type]
    if (Component === undefined) return <Broken type={node.type} />
    const instanceId = node.id === undefined ? null : node.id + rowKeys.map((key) => `[${key}]`).join('')
    const drawn = <Component node={node} scope={scope} rowKeys={rowKeys} instanceId={instanceId} />
    return (
      <ErrorBoundary resetKey={scope} fallback={() => <Broken type={node.type} />}>
        {instanceId === null ? drawn : <Addressed instanceId={instanceId}>{drawn}</Addressed>}
      </ErrorBoundary>
    )
  },
  (before, after) =>
    before.node === after.node && before.scope === after.scope && isSameKeys(before.rowKeys, after.rowKeys),
)

/** Lets `$view.getElementById` find what is inside. */
function Addressed({ instanceId, children }: { instanceId: string; children: ReactNode }) {
  const { handles } = usePanel()
  const element = useRef<HTMLDivElement>(null)
  useEffect(
    () => (element.current === null ? undefined : handles.register(instanceId, element.current)),
    [handles, instanceId],
  )
  return (
    <div ref={element} data-view-id={instanceId}>
      {children}
    </div>
  )
}
