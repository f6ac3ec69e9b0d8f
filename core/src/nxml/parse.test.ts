import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyText } from './body-text.ts'
import { compileSource } from './compile.ts'
import { PANEL_LIBRARY } from './library/index.ts'
import { decodeReferences } from './mapped-text.ts'
import { type ElementNode, parseSource } from './parse.ts'
import { createLocator } from './positions.ts'

const rootOf = (source: string): ElementNode => {
  const outcome = parseSource(source)
  if (outcome.state === 'failed') throw new Error(outcome.problem.message)
  return outcome.root
}

const failureOf = (source: string): string => {
  const outcome = parseSource(source)
  if (outcome.state === 'parsed') return 'parsed'
  const { startLine, startColumn } = createLocator(source)(outcome.problem.at)
  return `${startLine}:${startColumn} ${outcome.problem.code} ${outcome.problem.message}`
}

describe('well-formed sources', () => {
  test('[NXML20] values, text and code keep what XML would change', () => {
    const root = rootOf(
      `<A x='a && b < c > d' y = "1\n2" z bare='&lt;&#10;&nbsp;&'><Handler>if (a<b && c) "</x>"; &lt;</Handler></A>`,
    )
    expect(root.attributes.map(({ name, value }) => [name, value.text])).toEqual([
      ['x', 'a && b < c > d'],
      ['y', '1\n2'],
      ['z', 'true'],
      ['bare', '<\n&nbsp;&'],
    ])
    const [handler] = root.children
    expect(handler?.kind === 'element' ? handler.code?.text : null).toBe('if (a<b && c) "</x>"; &lt;')
  })

  test('[NXML21] CDATA, comments, declaration and byte-order mark are understood', () => {
    const root = rootOf(
      '\uFEFF<?xml version="1.0"?>\n<!-- <b> --><A>x<!-- y --> <![CDATA[ <z> ]]></A><!-- end -->\n',
    )
    expect(bodyText(root)?.text).toBe('x  <z> ')
    const handler = rootOf('<A><Handler> <![CDATA[ "</Handler>" ]]> </Handler></A>').children[0]
    expect(handler?.kind === 'element' ? handler.code?.text : null).toBe(' "</Handler>" ')
  })

  test.each(['\n', '\r\n', '\r'])('[NXML22] %j ends a line', (end) => {
    const source = `<A>${end}<B>${end}${end}</A>`
    expect(failureOf(source)).toMatch(
      /^4:3 PARSE_ERROR expected <\/B> to close the tag opened at 2:1, found <\/A>$/,
    )
  })
})

test.each([
  ['', '1:1 PARSE_ERROR the source is empty'],
  ['  text', '1:3 PARSE_ERROR text is not allowed outside'],
  ['<A/>x', '1:5 PARSE_ERROR text is not allowed outside'],
  ['<A/><B/>', '1:6 PARSE_ERROR <B> stands after the root'],
  ['<A', '1:2 PARSE_ERROR the tag <A> is never closed'],
  ['<A>', '1:2 PARSE_ERROR <A> is never closed'],
  ['</A>', '1:3 PARSE_ERROR </A> closes nothing'],
  ['<A x="1></A>', '1:6 PARSE_ERROR the value of x is never closed'],
  ['<A x="1"y="2"/>', '1:9 PARSE_ERROR unexpected "y"'],
  ['<A x=1/>', '1:6 PARSE_ERROR attribute x needs a quoted value'],
  ['<A 1="x"/>', '1:4 PARSE_ERROR unexpected "1"'],
  ['<A><!-- x</A>', '1:4 PARSE_ERROR the comment is never closed'],
  ['<A><![CDATA[ x</A>', '1:4 PARSE_ERROR the CDATA section is never closed'],
  ['<A><Handler>x</A>', '1:5 PARSE_ERROR <Handler> is never closed'],
  ['<A>< B/></A>', '1:4 PARSE_ERROR "<" is not followed by a tag name'],
  ['<A></A', '1:7 PARSE_ERROR the closing tag </A> lacks its ">"'],
  ['<a:b/>', '1:2 INVALID_XML namespaces'],
  ['<A><!ENTITY x "y"></A>', '1:4 INVALID_XML ENTITY'],
  ['<A><?x ?></A>', '1:4 INVALID_XML processing instructions'],
])('[NXML23] %j fails at its place', (source, expected) => {
  expect(failureOf(source)).toContain(expected)
})

describe('positions', () => {
  /** Every name and value stands in the source where its span says, references decoded or not. */
  const checkSpans = (element: ElementNode, source: string): void => {
    const slice = ({ start, end }: { start: number; end: number }): string => source.slice(start, end)
    expect(slice(element.nameSpan)).toBe(element.name)
    for (const { name, nameSpan, value, valueSpan } of element.attributes) {
      expect(slice(nameSpan)).toBe(name)
      if (valueSpan === nameSpan) continue
      expect(decodeReferences(source, valueSpan).text).toBe(value.text)
      checkOffsets(value.text, value.offsetAt, source)
    }
    if (element.code !== undefined) checkOffsets(element.code.text, element.code.offsetAt, source)
    for (const child of element.children) if (child.kind === 'element') checkSpans(child, source)
  }

  const checkOffsets = (text: string, offsetAt: (index: number) => number, source: string): void => {
    for (let i = 0; i < text.length; i++) {
      const there = source[offsetAt(i)]
      expect(there === text[i] || there === '&').toBe(true)
    }
  }

  test.each(PANEL_LIBRARY)('[NXML24] everything in $id stands where it says', ({ source }) => {
    checkSpans(rootOf(source), source)
  })

  const name = fc.constantFrom('A', 'Layout', 'Text', 'Handler')
  const value = fc.string({
    unit: fc.constantFrom('a', '&', 'l', 't', ';', '#', '1', '0', '<', '{', '}', '\n', ' ', '😀'),
  })
  const attribute = fc
    .tuple(fc.constantFrom('x', 'y', 'content'), value)
    .map(([key, text]) => ` ${key}="${text}"`)
  const element: fc.Memo<string> = fc.memo((depth) =>
    fc
      .tuple(
        name,
        fc.array(attribute, { maxLength: 3 }),
        depth > 1 ? fc.array(element(depth - 1), { maxLength: 3 }) : fc.constant([]),
      )
      .map(
        ([tag, attributes, children]): string =>
          `<${tag}${attributes.join('')}>${tag === 'Handler' ? 'a < b && c' : children.join('\n ')}</${tag}>`,
      ),
  )

  test('[NXML25] random trees with random values keep their places', () => {
    fc.assert(fc.property(element(4), (source) => checkSpans(rootOf(source), source)))
  })
})

describe('anything', () => {
  const soup = fc.array(
    fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '</',
        '/>',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '"',
        "'",
        '=',
        ' ',
        '\n',
        '{',
        '}',
        '$state.',
        '$scope.',
      ],
      ...[
        'NexusPanel',
        'Data',
        'State',
        'Computed',
        'Logic',
        'Tool',
        'Arg',
        'Handler',
        'View',
        'Layout',
        'Iterate',
        'Text',
        'Input',
      ],
      ...[
        'name',
        'value',
        'content',
        'bind',
        'items',
        'as',
        'trigger',
        'args',
        'default',
        'x',
        '1',
        '(',
        ')',
        '[',
        ']',
        '.',
        '=>',
        '`',
        '&lt;',
        '?.',
        '+',
      ],
    ),
    { maxLength: 60 },
  )

  test('[NXML26] compiling any text gives diagnostics inside it, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          soup.map((words) => words.join('')),
        ),
        (source) => {
          const lines = source.split(/\r\n|\n|\r/).length
          for (const { loc } of compileSource(source).diagnostics) {
            expect(loc.startLine).toBeGreaterThanOrEqual(1)
            expect(loc.endLine).toBeLessThanOrEqual(lines)
            expect(loc.startColumn).toBeGreaterThanOrEqual(1)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('[NXML27] compiling a damaged panel never throws', () => {
    const sources = PANEL_LIBRARY.map(({ source }) => source)
    const damage = fc.tuple(
      fc.constantFrom(...sources),
      fc.nat(),
      fc.nat(40),
      fc.constantFrom('', '"', '<', '{', '}', '`', ')', '</Handler>', '\\'),
    )
    fc.assert(
      fc.property(damage, ([source, at, count, insert]) => {
        const start = at % source.length
        expect(
          compileSource(source.slice(0, start) + insert + source.slice(start + count)).diagnostics,
        ).toBeDefined()
      }),
      { numRuns: 200 },
    )
  })

  test('[NXML28] very deep and very long sources end with a diagnostic', () => {
    const nested = `<NexusPanel title="T"><View>${'<Layout>'.repeat(20_000)}${'</Layout>'.repeat(20_000)}</View></NexusPanel>`
    const brackets = `<NexusPanel title="T"><View><Text content="{${'('.repeat(50_000)}}" /></View></NexusPanel>`
    const chain = `<NexusPanel title="T"><View><Text content="{'a'${'.length'.repeat(20_000)}}" /></View></NexusPanel>`
    const code = `<NexusPanel title="T"><Logic><Tool name="a"><Handler>return ${'['.repeat(50_000)};</Handler></Tool></Logic><View /></NexusPanel>`
    const sum = `<NexusPanel title="T"><Logic><Tool name="a"><Handler>return 1${'+1'.repeat(50_000)};</Handler></Tool></Logic><View /></NexusPanel>`
    for (const source of [nested, brackets, chain, code, sum]) {
      expect(compileSource(source).state).toBe('invalid')
    }
  })
})
