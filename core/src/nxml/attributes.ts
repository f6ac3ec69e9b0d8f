import type { Report } from './diagnostics.ts'
import { nearestName } from './names.ts'
import type { Attribute, ElementNode } from './parse.ts'

const FORBIDDEN = new Set([
  'style',
  'href',
  'src',
  'srcdoc',
  'action',
  'formaction',
  'innerHTML',
  'dangerouslySetInnerHTML',
])

const OTHER_NAMES: Readonly<Record<string, string>> = { over: 'items', payload: 'args' }

const isForbidden = (name: string): boolean => FORBIDDEN.has(name) || name.includes(':') || /^on/i.test(name)

/** The attributes of one element that are defined for it, by name; the rest has been reported. */
export const readAttributes = (
  element: ElementNode,
  known: readonly string[],
  { report, path }: { report: Report; path: readonly string[] },
): ReadonlyMap<string, Attribute> => {
  const attributes = new Map<string, Attribute>()
  const seen = new Set<string>()
  for (const attribute of element.attributes) {
    const { name, nameSpan: at } = attribute
    const place = { at, path: [...path, name] }
    if (seen.has(name)) {
      report({
        code: 'DUPLICATE_ATTRIBUTE',
        message: `attribute ${name} given twice on <${element.name}>`,
        ...place,
      })
    } else if (known.includes(name)) {
      attributes.set(name, attribute)
    } else if (isForbidden(name)) {
      const hint = /^on/i.test(name) ? 'use trigger' : undefined
      report({ code: 'FORBIDDEN_ATTRIBUTE', message: `attribute ${name} is not allowed`, hint, ...place })
    } else {
      const message = `<${element.name}> has no attribute ${name}`
      report({ code: 'UNKNOWN_ATTRIBUTE', message, hint: hintFor(name, known), ...place })
    }
    seen.add(name)
  }
  return attributes
}

const hintFor = (name: string, known: readonly string[]): string | undefined => {
  const other = OTHER_NAMES[name]
  const meant = other !== undefined && known.includes(other) ? other : nearestName(name, known)
  return meant === undefined ? undefined : `did you mean "${meant}"?`
}
