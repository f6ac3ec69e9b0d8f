import { COMPONENTS } from '../components.ts'

/** Columns of a panel by its width in CSS px, and how many of them each weight takes (NXML specification 6.7). */
const GRIDS = [
  { minWidth: 1024, columns: 12, spans: { 3: 3, 6: 6, 12: 12 } },
  { minWidth: 640, columns: 8, spans: { 3: 2, 6: 4, 12: 8 } },
  { minWidth: 0, columns: 4, spans: { 3: 2, 6: 4, 12: 4 } },
] as const

/** One rendered child of an `auto` layout. */
export interface GridPlace {
  /** From 1. */
  readonly row: number
  /** First column, from 1. */
  readonly column: number
  readonly span: number
}

export interface GridLayout {
  readonly columns: 4 | 8 | 12
  readonly places: readonly GridPlace[]
}

/**
 * Places the rendered children of an `auto` layout in order, without stretching or reordering them.
 *
 * @param types - Component names. `If` and `Iterate` must have been replaced by what they render; an unknown name
 *   counts as half a row.
 * @param panelWidth - Width of the panel, not of the window, in CSS px.
 */
export const columnSpans = (types: readonly string[], panelWidth: number): GridLayout => {
  const grid = GRIDS.find(({ minWidth }) => panelWidth >= minWidth) ?? GRIDS[2]
  let row = 1
  let used = 0
  const places = types.map((type): GridPlace => {
    const span = grid.spans[weightOf(type)]
    if (used + span > grid.columns) {
      row += 1
      used = 0
    }
    const column = used + 1
    used += span
    return { row, column, span }
  })
  return { columns: grid.columns, places }
}

const weightOf = (type: string): 3 | 6 | 12 =>
  (Object.hasOwn(COMPONENTS, type) ? COMPONENTS[type]?.weight : undefined) ?? 6
