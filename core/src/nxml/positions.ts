import type { Loc } from './compiled-panel.ts'

/** A stretch of the source in UTF-16 code units, from 0, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Locate = (span: Span) => Loc

/** Turns offsets of one source into lines and columns. `\n`, `\r\n` and a lone `\r` each end a line. */
export const createLocator = (source: string): Locate => {
  const lineStarts = findLineStarts(source)
  const position = (offset: number): { line: number; column: number } => {
    const line = lastAtOrBelow(lineStarts, offset)
    return { line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 }
  }
  return ({ start, end }) => {
    const from = position(start)
    const to = position(Math.max(start, end))
    return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column }
  }
}

const findLineStarts = (source: string): number[] => {
  const starts = [0]
  for (const match of source.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
  return starts
}

/** Index of the last line that starts at or before the offset, by halving. */
const lastAtOrBelow = (lineStarts: readonly number[], offset: number): number => {
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
