import type { StateType } from '../document/shape.ts'
import type { Json } from '../model/json.ts'
import { parseDefault } from './defaults.ts'
import type { Report } from './diagnostics.ts'
import { isIdentifier, nearestName } from './names.ts'
import type { Attribute, ElementNode, TextNode } from './parse.ts'
import type { Span } from './positions.ts'

/** Child elements; text that is not white space is reported. */
export const elementsOf = (
  parent: ElementNode,
  report: Report,
  path: readonly string[],
): readonly ElementNode[] => {
  const elements: ElementNode[] = []
  for (const child of parent.children) {
    if (child.kind === 'element') elements.push(child)
    else reportText(child, parent, report, path)
  }
  return elements
}

const reportText = (node: TextNode, parent: ElementNode, report: Report, path: readonly string[]): void => {
  const ink = node.text.text.search(/\S/)
  if (ink < 0) return
  const at = { start: node.text.offsetAt(ink), end: node.span.end }
  report({ code: 'UNEXPECTED_TEXT', message: `text is not allowed inside <${parent.name}>`, at, path })
}

export const unknownElement = (
  element: ElementNode,
  parent: ElementNode,
  report: Report,
  known: readonly string[],
): void => {
  const nearest = nearestName(element.name, known)
  const hint =
    element.name === 'Capabilities'
      ? 'capabilities are inferred'
      : nearest === undefined
        ? undefined
        : `did you mean <${nearest}>?`
  const message = `<${element.name}> is not allowed in <${parent.name}>`
  report({ code: 'UNKNOWN_ELEMENT', message, hint, at: element.nameSpan })
}

export type Attributes = ReadonlyMap<string, Attribute>

export const textOf = (attributes: Attributes, name: string): string | undefined =>
  attributes.get(name)?.value.text

export const optional = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: string })

export const invalidValue = (
  report: Report,
  attribute: Attribute,
  message: string,
  path: readonly string[],
): void => report({ code: 'INVALID_ATTRIBUTE_VALUE', message, at: attribute.valueSpan, path })

/** A required name that is an identifier; null when it is missing. */
export const readName = (
  element: ElementNode,
  attributes: Attributes,
  { what, report, path }: { what: string; report: Report; path: readonly string[] },
): { name: string; nameSpan: Span; hasValidName: boolean } | null => {
  const attribute = requireAttribute(element, attributes, 'name', { report, path })
  if (attribute === null) return null
  const name = attribute.value.text
  const hasValidName = isIdentifier(name)
  if (!hasValidName) {
    const message = `"${name}" is not a valid ${what} name`
    report({ code: 'INVALID_IDENTIFIER', message, at: attribute.valueSpan, path: [...path, 'name'] })
  }
  return { name, nameSpan: attribute.valueSpan, hasValidName }
}

export const requireAttribute = (
  element: ElementNode,
  attributes: Attributes,
  name: string,
  { report, path }: { report: Report; path: readonly string[] },
): Attribute | null => {
  const attribute = attributes.get(name)
  if (attribute !== undefined) return attribute
  report({ code: 'MISSING_REQUIRED', message: `<${element.name}> needs ${name}`, at: element.nameSpan, path })
  return null
}

/** Children of an element that takes none. */
export const refuseChildren = (element: ElementNode, report: Report, path: readonly string[]): void => {
  for (const child of elementsOf(element, report, path)) {
    const message = `<${element.name}> cannot contain <${child.name}>`
    report({ code: 'CHILDREN_NOT_ALLOWED', message, at: child.nameSpan, path })
  }
}

/** Says whether a name is new; a second use is reported. */
export const createNameTable = (
  code: 'DUPLICATE_STATE' | 'DUPLICATE_TOOL' | 'DUPLICATE_ARG' | 'DUPLICATE_EXTENSION_ALIAS',
  report: Report,
) => {
  const seen = new Set<string>()
  return ({ name, nameSpan }: { name: string; nameSpan: Span }, path: readonly string[]): boolean => {
    if (!seen.has(name)) {
      seen.add(name)
      return true
    }
    report({ code, message: `"${name}" is already declared`, at: nameSpan, path })
    return false
  }
}

/** Says whether there is still room; the first element over the limit is reported. */
export const createLimit = (max: number, what: string, report: Report) => {
  let count = 0
  return (element: ElementNode): boolean => {
    count += 1
    if (count === max + 1) {
      report({ code: 'LIMIT_EXCEEDED', message: `more than ${max} ${what}`, at: element.nameSpan })
    }
    return count <= max
  }
}

const TYPE_HINTS: Readonly<Record<string, string>> = {
  array: 'use list',
  any: 'use object',
  int: 'use number',
  integer: 'use number',
}

export const readType = <T extends string>(
  attribute: Attribute | undefined,
  known: readonly T[],
  { report, path }: { report: Report; path: readonly string[] },
): T | null => {
  const text = attribute?.value.text ?? 'string'
  const type = known.find((candidate) => candidate === text)
  if (type !== undefined || attribute === undefined) return type ?? null
  const nearest = nearestName(text, known)
  const hint = TYPE_HINTS[text] ?? (nearest === undefined ? `one of ${known.join(', ')}` : `use ${nearest}`)
  report({
    code: 'INVALID_TYPE',
    message: `unknown type "${text}"`,
    hint,
    at: attribute.valueSpan,
    path: [...path, 'type'],
  })
  return null
}

export const readDefault = (
  attribute: Attribute | undefined,
  type: StateType | null,
  { report, path }: { report: Report; path: readonly string[] },
): Json | undefined => {
  if (attribute === undefined || type === null) return undefined
  const outcome = parseDefault(attribute.value.text, type)
  if (outcome.state === 'read') return outcome.value
  const { message, hint } = outcome
  report({ code: 'INVALID_DEFAULT', message, hint, at: attribute.valueSpan, path: [...path, 'default'] })
  return undefined
}
