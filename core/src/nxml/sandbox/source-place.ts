import type { CompiledHandler } from '../compiled-panel.ts'
import { HANDLER_FILE, HANDLER_PREFIX } from './engine.ts'

/** Where in the NXML source the innermost line of the handler in a stack text stands; nothing when there is none. */
export const placeInSource = (
  stack: string,
  { loc }: Pick<CompiledHandler, 'loc'>,
): { line?: number; column?: number } => {
  const match = stack.slice(0, 8_000).match(new RegExp(`${HANDLER_FILE}:(\\d+)(?::(\\d+))?`))
  if (match === null) return {}
  const line = Number(match[1])
  const column = Number(match[2] ?? 1)
  if (line === 1)
    return { line: loc.startLine, column: Math.max(1, loc.startColumn + column - 1 - HANDLER_PREFIX.length) }
  return { line: loc.startLine + line - 1, column }
}
