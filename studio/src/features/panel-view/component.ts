import type { ViewNode } from '@nexus/core/nxml'

/** Loop variables of a row. The same object as long as the row's values are the same. */
export type Scope = Readonly<Record<string, unknown>>

/** One node of the view in one row. */
export interface ViewNodeProps {
  readonly node: ViewNode
  readonly scope: Scope
  /** Keys of the rows around it, outermost first. */
  readonly rowKeys: readonly string[]
}

/** What every component is drawn from. */
export interface ComponentProps extends ViewNodeProps {
  /** Its id with the keys of its rows, such as `row[t42]`; `null` for components without an id. */
  readonly instanceId: string | null
}
