import * as acorn from 'acorn'
import type { Expr } from '../compiled-panel.ts'
import type { Report } from '../diagnostics.ts'
import type { MappedText } from '../mapped-text.ts'
import type { Locate, Span } from '../positions.ts'
import { checkExpression } from './check.ts'

/** What an expression may refer to where it stands. */
export interface ExpressionContext {
  /** In `computed`, methods that depend on the viewer are refused, and so is `$scope`. */
  readonly kind: 'computed' | 'view'
  readonly locate: Locate
  /** States and computed values. */
  readonly stateNames: ReadonlySet<string>
  readonly scopeNames: ReadonlySet<string>
  readonly report: Report
  readonly path: readonly string[]
  /** Called for every state the text mentions, also when it is refused. */
  use(stateName: string): void
}

/**
 * Parses and checks the part of `text` from `start` to `end`.
 *
 * @returns null when something was refused; the reasons have been reported.
 */
export const parseExpression = (
  text: MappedText,
  { start, end }: Span,
  context: ExpressionContext,
): Expr | null => {
  const tree = parseTree(text, { start, end }, context)
  if (tree === null) {
    useMentioned(text.text.slice(start, end), context)
    return null
  }
  const checked = checkExpression(tree, text, context)
  if (checked === null) {
    useMentioned(text.text.slice(start, end), context)
    return null
  }
  for (const name of checked.reads) context.use(name)
  return {
    source: text.text.slice(start, end).trim(),
    loc: context.locate({ start: text.offsetAt(tree.start), end: text.offsetAt(tree.end) }),
    node: checked.node,
    reads: checked.reads,
    scopeReads: checked.scopeReads,
  }
}

const parseTree = (
  text: MappedText,
  { start, end }: Span,
  context: ExpressionContext,
): acorn.Expression | null => {
  const outcome = readTree(text.text, start, end)
  if (outcome.state === 'parsed') return outcome.tree
  const at = text.offsetAt(outcome.index)
  context.report({
    code: 'EXPRESSION_SYNTAX',
    message: outcome.message,
    hint: hintFor(text.text.slice(start, end), context.kind),
    at: { start: at, end: at + 1 },
    path: context.path,
  })
  return null
}

type TreeOutcome =
  | { readonly state: 'parsed'; readonly tree: acorn.Expression }
  | { readonly state: 'failed'; readonly index: number; readonly message: string }

/** Exactly one JavaScript expression between two indices of `text`, or where and why it is not one. */
export const readTree = (text: string, start: number, end: number): TreeOutcome => {
  const body = text.slice(0, end)
  const blank = body.slice(start).trim() === ''
  if (blank) return { state: 'failed', index: start, message: 'the expression is empty' }
  try {
    const tree = acorn.parseExpressionAt(body, start, {
      ecmaVersion: 2024,
      allowAwaitOutsideFunction: true,
      preserveParens: true,
    })
    const rest = body.slice(tree.end).search(/\S/)
    if (rest < 0) return { state: 'parsed', tree }
    const index = tree.end + rest
    return { state: 'failed', index, message: `unexpected "${body[index]}"` }
  } catch (error) {
    return describeFailure(error, body, start)
  }
}

const describeFailure = (error: unknown, body: string, start: number): TreeOutcome => {
  if (error instanceof SyntaxError && 'pos' in error && typeof error.pos === 'number') {
    const index = Math.min(error.pos, body.length)
    const found = body[index]
    const message = found === undefined ? 'unexpected end of the expression' : `unexpected "${found}"`
    const plain = error.message.startsWith('Unexpected token')
    return { state: 'failed', index, message: plain ? message : error.message.replace(/ \(\d+:\d+\)$/, '') }
  }
  if (error instanceof RangeError) {
    return { state: 'failed', index: start, message: 'the expression is nested too deeply' }
  }
  throw error
}

const hintFor = (text: string, kind: ExpressionContext['kind']): string | undefined => {
  if (kind === 'computed' && text.trim().startsWith('{')) return 'Computed values are written without braces'
  return undefined
}

/** Names in refused code still count as used. */
const useMentioned = (text: string, context: ExpressionContext): void => {
  for (const [, name] of text.matchAll(/\$state\s*\??\.\s*([A-Za-z_]\w*)/g)) context.use(name ?? '')
}
