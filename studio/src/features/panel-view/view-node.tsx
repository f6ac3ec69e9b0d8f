import { type ComponentType, memo, type ReactNode, useEffect, useRef } from 'react'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { ButtonView } from './actions.tsx'
import { ChartView } from './chart.tsx'
import type { ComponentProps, ViewNodeProps } from './component.ts'
import { MetricView, StatusBadgeView, TextView } from './display.tsx'
import { InputView } from './input.tsx'
import { LogStreamView } from './log-stream.tsx'
import { usePanel } from './panel-context.ts'
import { ContainerView, LayoutView } from './structure.tsx'
import { SwitchView } from './switch.tsx'

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
