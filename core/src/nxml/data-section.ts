import { STATE_TYPES, type StateType } from '../document/shape.ts'
import { readAttributes } from './attributes.ts'
import type { DeclaredComputed, DeclaredState } from './declarations.ts'
import {
  type Attributes,
  createLimit,
  createNameTable,
  elementsOf,
  invalidValue,
  optional,
  readDefault,
  readName,
  readType,
  refuseChildren,
  requireAttribute,
  textOf,
  unknownElement,
} from './declared-attributes.ts'
import { zeroValue } from './defaults.ts'
import type { Report } from './diagnostics.ts'
import { MAX_STATES } from './limits.ts'
import type { ElementNode } from './parse.ts'

export const readData = (
  sections: readonly ElementNode[],
  report: Report,
): { states: DeclaredState[]; computed: DeclaredComputed[] } => {
  const states: DeclaredState[] = []
  const computed: DeclaredComputed[] = []
  const taken = createNameTable('DUPLICATE_STATE', report)
  const count = createLimit(MAX_STATES, 'states and computed values', report)
  for (const child of sections.flatMap((section) => elementsOf(section, report, ['data']))) {
    if (child.name === 'State') {
      const state = readState(child, report)
      if (state !== null && taken(state, ['data', state.name]) && count(child)) states.push(state)
    } else if (child.name === 'Computed') {
      const value = readComputed(child, report)
      if (value !== null && taken(value, ['data', value.name]) && count(child)) computed.push(value)
    } else {
      unknownElement(child, sections[0] ?? child, report, ['State', 'Computed'])
    }
  }
  return { states, computed }
}

const readState = (element: ElementNode, report: Report): DeclaredState | null => {
  const path = ['data', element.attributes.find(({ name }) => name === 'name')?.value.text ?? '']
  const attributes = readAttributes(element, ['name', 'type', 'default', 'scope', 'description'], {
    report,
    path,
  })
  refuseChildren(element, report, path)
  const named = readName(element, attributes, { what: 'state', report, path })
  const type = readType(attributes.get('type'), STATE_TYPES, { report, path })
  const scope = readScope(attributes, type, { report, path })
  const value = readDefault(attributes.get('default'), type, { report, path })
  if (named === null) return null
  const description = optional('description', textOf(attributes, 'description'))
  return {
    ...named,
    type: type ?? 'string',
    scope,
    default: value ?? zeroValue(type ?? 'string'),
    ...description,
  }
}

const readScope = (
  attributes: Attributes,
  type: StateType | null,
  { report, path }: { report: Report; path: readonly string[] },
): 'shared' | 'local' => {
  const attribute = attributes.get('scope')
  const text = attribute?.value.text ?? 'shared'
  if (attribute !== undefined && text !== 'shared' && text !== 'local') {
    invalidValue(report, attribute, `scope must be shared or local; found "${text}"`, [...path, 'scope'])
    return 'shared'
  }
  if (attribute !== undefined && text === 'local' && (type === 'text' || type === 'counter')) {
    const message = `a ${type} state cannot be local`
    report({ code: 'CONFLICTING_ATTRIBUTES', message, at: attribute.nameSpan, path: [...path, 'scope'] })
  }
  return text === 'local' ? 'local' : 'shared'
}

const readComputed = (element: ElementNode, report: Report): DeclaredComputed | null => {
  const path = ['data', element.attributes.find(({ name }) => name === 'name')?.value.text ?? '']
  const attributes = readAttributes(element, ['name', 'value', 'description'], { report, path })
  refuseChildren(element, report, path)
  const named = readName(element, attributes, { what: 'computed', report, path })
  const value = requireAttribute(element, attributes, 'value', { report, path })
  if (named === null) return null
  return { ...named, value, ...optional('description', textOf(attributes, 'description')) }
}
