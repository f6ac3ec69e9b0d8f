import type { Json } from '@nexus/core'

/** A list item longer than this, with its indentation, is spread over several lines. */
const LINE_CHARS = 100

/**
 * JSON text made for `git diff`: sorted keys, two spaces, one member or list item a line, short list items whole on
 * theirs, a final newline. Equal values give equal text, and `JSON.parse` gives the value back.
 */
export function toCanonicalJson(value: Json): string {
  return `${spread(value, '')}\n`
}

function spread(value: Json, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    return bracketed(
      '[',
      ']',
      indent,
      value.map((item) => inner + listItem(item, inner)),
    )
  }
  if (typeof value === 'object' && value !== null) {
    const lines = sortedMembers(value).map(([key, item]) => `${inner}${key}: ${spread(item, inner)}`)
    return bracketed('{', '}', indent, lines)
  }
  return JSON.stringify(value)
}

function bracketed(open: string, close: string, indent: string, lines: readonly string[]): string {
  return lines.length === 0 ? open + close : `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

function listItem(item: Json, indent: string): string {
  const line = inOneLine(item, LINE_CHARS - indent.length)
  return line ?? spread(item, indent)
}

/** @returns `null` as soon as the text is longer than `room`: a large value is not walked to its end for nothing. */
function inOneLine(value: Json, room: number): string | null {
  if (typeof value !== 'object' || value === null) {
    const text = JSON.stringify(value)
    return text.length <= room ? text : null
  }
  const isList = Array.isArray(value)
  const members: Iterable<readonly [string, Json]> = isList
    ? value.map((item) => ['', item] as const)
    : sortedMembers(value).map(([key, item]) => [`${key}: `, item] as const)
  let text = ''
  for (const [prefix, item] of members) {
    const start = (text === '' ? '' : ', ') + prefix
    const part = inOneLine(item, room - text.length - start.length)
    if (part === null) return null
    text += start + part
  }
  if (text === '') return isList ? '[]' : '{}'
  const line = isList ? `[${text}]` : `{ ${text} }`
  return line.length <= room ? line : null
}

/** By UTF-16 code unit, whatever order the object was filled in; keys as JSON text. */
function sortedMembers(value: { [key: string]: Json }): [string, Json][] {
  const names = Object.keys(value).sort()
  return names.map((name) => [JSON.stringify(name), value[name] as Json])
}
