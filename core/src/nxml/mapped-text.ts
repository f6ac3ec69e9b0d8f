import type { Span } from './positions.ts'

/**
 * Text as an author meant it, with references such as `&lt;` decoded, that still knows where each character stands in
 * the source. That is what lets a message point at a column behind a reference.
 */
export interface MappedText {
  readonly text: string
  /** Source offset of the character at `index`; `index === text.length` gives the end. */
  offsetAt(index: number): number
}

/** Text that stands in the source exactly as it is. */
export const plainText = (text: string, start: number): MappedText => ({
  text,
  offsetAt: (index) => start + index,
})

const REFERENCE = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,8})|#x([0-9A-Fa-f]{1,8}));/g
const NAMED = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" } as const

/** Decodes the five named references and the numeric ones; any other `&` is an ordinary character. */
export const decodeReferences = (source: string, span: Span): MappedText => {
  const raw = source.slice(span.start, span.end)
  if (!raw.includes('&')) return plainText(raw, span.start)
  const builder = createTextBuilder()
  let done = 0
  for (const match of raw.matchAll(REFERENCE)) {
    const decoded = decodeReference(match)
    if (decoded === null) continue
    builder.copy(raw.slice(done, match.index), span.start + done)
    builder.stand(decoded, span.start + match.index)
    done = match.index + match[0].length
  }
  builder.copy(raw.slice(done), span.start + done)
  return builder.build(span.end)
}

const decodeReference = (match: RegExpExecArray): string | null => {
  const [, name, decimal, hex] = match
  if (name !== undefined) return NAMED[name as keyof typeof NAMED]
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : null
}

interface TextBuilder {
  /** Adds characters that stand one for one in the source from `offset` on. */
  copy(text: string, offset: number): void
  /** Adds characters that all stand for the one place `offset`. */
  stand(text: string, offset: number): void
  readonly length: number
  build(end: number): MappedText
}

export const createTextBuilder = (): TextBuilder => {
  let text = ''
  const offsets: number[] = []
  return {
    copy(added, offset) {
      text += added
      for (let i = 0; i < added.length; i++) offsets.push(offset + i)
    },
    stand(added, offset) {
      text += added
      for (let i = 0; i < added.length; i++) offsets.push(offset)
    },
    get length() {
      return offsets.length
    },
    build: (end) => ({ text, offsetAt: (index) => offsets[index] ?? end }),
  }
}
