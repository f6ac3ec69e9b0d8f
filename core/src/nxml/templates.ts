import type { Expr, ViewProp } from './compiled-panel.ts'
import { type ExpressionContext, parseExpression } from './expressions/parse.ts'
import type { MappedText } from './mapped-text.ts'
import type { Span } from './positions.ts'

/** Literal text, or the inside of one pair of braces; indices into the template's text. */
type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly inside: Span; readonly openAt: number }
  | { readonly kind: 'unclosed'; readonly openAt: number }

/** Splits `Total: {$state.sum}` at its braces (NXML specification 5.2). A stray `}` is ordinary text. */
const splitTemplate = (text: string): TemplatePart[] => {
  const parts: TemplatePart[] = []
  let at = 0
  while (at < text.length) {
    const openAt = text.indexOf('{', at)
    const literal = text.slice(at, openAt < 0 ? text.length : openAt)
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    if (openAt < 0) return parts
    const closeAt = findClosingBrace(text, openAt)
    if (closeAt < 0) return [...parts, { kind: 'unclosed', openAt }]
    parts.push({ kind: 'expression', inside: { start: openAt + 1, end: closeAt }, openAt })
    at = closeAt + 1
  }
  return parts
}

/** The `}` that belongs to the `{`; braces in quotes and template strings do not count. -1 when there is none. */
const findClosingBrace = (text: string, openAt: number): number => {
  // What each open brace was: an ordinary one, or the `${` of a template string to which its `}` leads back.
  const open: ('brace' | 'template')[] = ['brace']
  let quote: string | null = null
  for (let at = openAt + 1; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== null) {
      if (character === '\\') at += 1
      else if (character === quote) quote = null
      else if (quote === '`' && character === '$' && text[at + 1] === '{') {
        open.push('template')
        quote = null
        at += 1
      }
    } else if (character === '"' || character === "'" || character === '`') quote = character
    else if (character === '{') open.push('brace')
    else if (character === '}') {
      if (open.pop() === 'template') quote = '`'
      if (open.length === 0) return at
    }
  }
  return -1
}

/** One `{expression}` becomes a binding that keeps its type, anything else a template; null after a refusal. */
export const parseTemplate = (text: MappedText, context: ExpressionContext): ViewProp | null => {
  const parts = splitTemplate(text.text)
  const parsed = parts.map((part) => parsePart(part, text, context))
  if (parsed.includes(null)) return null
  const whole = parsed.filter((part) => part !== null)
  const [only] = whole
  if (whole.length === 1 && typeof only === 'object') return { kind: 'binding', expr: only }
  return { kind: 'template', parts: whole }
}

const parsePart = (
  part: TemplatePart,
  text: MappedText,
  context: ExpressionContext,
): string | Expr | null => {
  if (part.kind === 'text') return part.text
  const at = { start: text.offsetAt(part.openAt), end: text.offsetAt(part.openAt) + 1 }
  const refuse = (message: string): null => {
    context.report({
      code: 'EXPRESSION_SYNTAX',
      message,
      hint: "write {'{'} for a brace",
      at,
      path: context.path,
    })
    return null
  }
  if (part.kind === 'unclosed') return refuse('"{" is not closed')
  const { inside } = part
  if (text.text.slice(inside.start, inside.end).trim() === '') return refuse('{} is empty')
  return parseExpression(text, inside, context)
}

/** The inside of a value that is exactly one `{expression}`; null for anything else. */
export const singleExpression = (text: MappedText): Span | null => {
  const [only, ...rest] = splitTemplate(text.text.trim())
  if (only?.kind !== 'expression' || rest.length > 0) return null
  const shift = text.text.length - text.text.trimStart().length
  return { start: only.inside.start + shift, end: only.inside.end + shift }
}
