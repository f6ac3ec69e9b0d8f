import type { Problem } from './diagnostics.ts'
import { decodeReferences, type MappedText, plainText } from './mapped-text.ts'
import { createLocator, type Span } from './positions.ts'

export interface Attribute {
  readonly name: string
  readonly nameSpan: Span
  /** References decoded. An attribute without `=` has the value `true`. */
  readonly value: MappedText
  /** Inside the quotes; without `=` the name. */
  readonly valueSpan: Span
}

export interface ElementNode {
  readonly kind: 'element'
  readonly name: string
  /** The name in the opening tag. */
  readonly nameSpan: Span
  readonly attributes: readonly Attribute[]
  /** Elements and text in source order; comments are gone. Empty for `Handler`. */
  readonly children: readonly (ElementNode | TextNode)[]
  /** The raw code of a `Handler`, exactly as written. */
  readonly code?: MappedText
}

export interface TextNode {
  readonly kind: 'text'
  /** References decoded, except in a CDATA section. */
  readonly text: MappedText
  readonly span: Span
  readonly isCdata: boolean
}

type ParseOutcome =
  | { readonly state: 'parsed'; readonly root: ElementNode }
  | { readonly state: 'failed'; readonly problem: Problem }

/**
 * Reads NXML (specification 2.3) into a tree, stopping at the first syntax problem.
 *
 * NXML is not XML: code in handlers and attributes is raw, attributes may lack a value. The grammar is small enough
 * that reading it directly is shorter than hiding the differences from an XML parser, and every offset stays exact.
 */
export const parseSource = (source: string): ParseOutcome => {
  try {
    return { state: 'parsed', root: createReader(source).readDocument() }
  } catch (error) {
    if (error instanceof SyntaxProblem) return { state: 'failed', problem: error.problem }
    throw error
  }
}

class SyntaxProblem extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

interface OpenElement extends ElementNode {
  readonly children: (ElementNode | TextNode)[]
  code?: MappedText
}

const SPACE = /[ \t\r\n]*/y
const TAG_NAME = /[A-Za-z][A-Za-z0-9]*/y
const ATTRIBUTE_NAME = /[A-Za-z_][A-Za-z0-9_.:-]*/y
const CDATA_AHEAD = /\s*<!\[CDATA\[/y

type Fail = (message: string, span: Span, code?: 'PARSE_ERROR' | 'INVALID_XML') => never

const createReader = (source: string) => {
  let at = 0
  let root: ElementNode | null = null
  const open: OpenElement[] = []

  // Written with its type, so that the compiler knows nothing comes after a call.
  const fail: Fail = (message, span, code = 'PARSE_ERROR') => {
    throw new SyntaxProblem({ code, message, at: span })
  }

  /** What the pattern matches here, stepping over it; null when it does not match. */
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match === null) return null
    at += match[0].length
    return match[0]
  }

  const here = (length = 1): Span => ({ start: at, end: Math.min(source.length, at + length) })

  /** Moves behind the next `terminator`; the span is what stands before it. */
  const takeUntil = (terminator: string, opened: Span, what: string): Span => {
    const end = source.indexOf(terminator, at)
    if (end < 0) fail(`${what} is never closed`, opened)
    const span = { start: at, end }
    at = end + terminator.length
    return span
  }

  const readDocument = (): ElementNode => {
    if (source.startsWith('\uFEFF')) at = 1
    if (/^<\?xml\s/.test(source.slice(at, at + 6))) takeUntil('?>', here(5), 'the XML declaration')
    while (at < source.length) {
      if (source[at] === '<') readMarkup()
      else readText()
    }
    const unclosed = open.at(-1)
    if (unclosed !== undefined) fail(`<${unclosed.name}> is never closed`, unclosed.nameSpan)
    if (root === null) fail('the source is empty', { start: 0, end: 0 })
    return root
  }

  const readMarkup = (): void => {
    if (source.startsWith('<!--', at)) readComment()
    else if (source.startsWith('<![CDATA[', at)) readCdata()
    else if (source.startsWith('<!', at)) fail(`${declarationName()} is not allowed`, here(2), 'INVALID_XML')
    else if (source.startsWith('<?', at))
      fail('processing instructions are not allowed', here(2), 'INVALID_XML')
    else if (source.startsWith('</', at)) readClosingTag()
    else readOpeningTag()
  }

  const declarationName = (): string =>
    /^<!([A-Za-z]+)/.exec(source.slice(at, at + 32))?.[1] ?? 'a declaration'

  const readComment = (): void => {
    const opened = here(4)
    at += 4
    takeUntil('-->', opened, 'the comment')
  }

  const readCdata = (): void => {
    const opened = here(9)
    const parent = open.at(-1)
    if (parent === undefined) fail('text is not allowed outside the root element', opened)
    at += 9
    const span = takeUntil(']]>', opened, 'the CDATA section')
    const text = plainText(source.slice(span.start, span.end), span.start)
    parent.children.push({ kind: 'text', text, span, isCdata: true })
  }

  const readText = (): void => {
    const next = source.indexOf('<', at)
    const span = { start: at, end: next < 0 ? source.length : next }
    const parent = open.at(-1)
    const inkAt = source.slice(span.start, span.end).search(/[^ \t\r\n]/)
    if (parent === undefined && inkAt >= 0) {
      const start = span.start + inkAt
      fail('text is not allowed outside the root element', { start, end: start + 1 })
    }
    at = span.end
    parent?.children.push({ kind: 'text', text: decodeReferences(source, span), span, isCdata: false })
  }

  const readOpeningTag = (): void => {
    const opened = here()
    at += 1
    const nameStart = at
    const name = take(TAG_NAME)
    if (name === null) fail('"<" is not followed by a tag name', opened)
    const nameSpan = { start: nameStart, end: at }
    if (source[at] === ':') fail('namespaces are not allowed', nameSpan, 'INVALID_XML')
    if (open.length === 0 && root !== null) fail(`<${name}> stands after the root element`, nameSpan)
    const attributes = readAttributes(name, nameSpan)
    const element: OpenElement = { kind: 'element', name, nameSpan, attributes, children: [] }
    open.at(-1)?.children.push(element)
    root ??= element
    if (take(/\/>/y) !== null) {
      if (name === 'Handler') element.code = plainText('', at)
      return
    }
    at += 1
    open.push(element)
    if (name === 'Handler') element.code = readCode(nameSpan)
  }

  /** Reads up to the `>` or `/>`, which stays. */
  const readAttributes = (tag: string, tagSpan: Span): Attribute[] => {
    const attributes: Attribute[] = []
    for (;;) {
      const space = take(SPACE)
      if (at >= source.length) fail(`the tag <${tag}> is never closed`, tagSpan)
      if (source[at] === '>' || source.startsWith('/>', at)) return attributes
      if (space === '') fail(`unexpected ${JSON.stringify(source[at])} in the tag <${tag}>`, here())
      attributes.push(readAttribute(tag))
    }
  }

  const readAttribute = (tag: string): Attribute => {
    const start = at
    const name = take(ATTRIBUTE_NAME)
    if (name === null) fail(`unexpected ${JSON.stringify(source[at])} in the tag <${tag}>`, here())
    const nameSpan = { start, end: at }
    take(SPACE)
    if (source[at] !== '=') {
      at = nameSpan.end
      return { name, nameSpan, value: { text: 'true', offsetAt: () => start }, valueSpan: nameSpan }
    }
    at += 1
    take(SPACE)
    const quote = source[at]
    if (quote !== '"' && quote !== "'") fail(`attribute ${name} needs a quoted value`, here())
    const opened = here()
    at += 1
    const valueSpan = takeUntil(quote, opened, `the value of ${name}`)
    return { name, nameSpan, value: decodeReferences(source, valueSpan), valueSpan }
  }

  /** The body of a `Handler`, up to its closing tag, which stays. */
  const readCode = (nameSpan: Span): MappedText => {
    CDATA_AHEAD.lastIndex = at
    if (CDATA_AHEAD.test(source)) return readCdataCode()
    const end = source.indexOf('</Handler', at)
    if (end < 0) fail('<Handler> is never closed', nameSpan)
    const code = plainText(source.slice(at, end), at)
    at = end
    return code
  }

  const readCdataCode = (): MappedText => {
    take(SPACE)
    const opened = here(9)
    at += 9
    const span = takeUntil(']]>', opened, 'the CDATA section')
    take(SPACE)
    if (!source.startsWith('</Handler', at)) fail('only </Handler> may follow the CDATA section', here())
    return plainText(source.slice(span.start, span.end), span.start)
  }

  const readClosingTag = (): void => {
    const opened = here(2)
    at += 2
    const start = at
    const name = take(TAG_NAME)
    if (name === null) fail('"</" is not followed by a tag name', opened)
    const nameSpan = { start, end: at }
    const element = open.pop()
    if (element === undefined) fail(`</${name}> closes nothing`, nameSpan)
    if (element.name !== name) {
      const { startLine, startColumn } = createLocator(source)({
        start: element.nameSpan.start - 1,
        end: element.nameSpan.start,
      })
      const where = `${startLine}:${startColumn}`
      fail(`expected </${element.name}> to close the tag opened at ${where}, found </${name}>`, nameSpan)
    }
    take(SPACE)
    if (source[at] !== '>') fail(`the closing tag </${name}> lacks its ">"`, here())
    at += 1
  }

  return { readDocument }
}
