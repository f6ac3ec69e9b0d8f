import { STATE_TYPES, type StateType } from '../document/shape.ts'
import type { Json } from '../model/json.ts'
import { readAttributes } from './attributes.ts'
import type { CompiledPanel } from './compiled-panel.ts'
import { parseDefault, zeroValue } from './defaults.ts'
import type { Report } from './diagnostics.ts'
import { MAX_ARGS, MAX_EXTENSIONS, MAX_STATES, MAX_TOOLS } from './limits.ts'
import { isExtensionName, isIdentifier, isSlug, nearestName } from './names.ts'
import type { Attribute, ElementNode, TextNode } from './parse.ts'
import type { Span } from './positions.ts'

/** What a definition declares, before any expression or handler has been looked at. */
export interface Outline {
  readonly meta: CompiledPanel['meta']
  readonly states: readonly DeclaredState[]
  readonly computed: readonly DeclaredComputed[]
  readonly tools: readonly DeclaredTool[]
  readonly lifecycles: readonly DeclaredLifecycle[]
  readonly extensions: readonly DeclaredExtension[]
  /** The root component; null for an empty or missing View. */
  readonly viewRoot: ElementNode | null
  /** Parts that were refused but whose names still count as used. */
  readonly refused: readonly ElementNode[]
}

export interface DeclaredState {
  readonly name: string
  readonly nameSpan: Span
  readonly hasValidName: boolean
  readonly type: StateType
  readonly scope: 'shared' | 'local'
  readonly default: Json
  readonly description?: string
}

export interface DeclaredComputed {
  readonly name: string
  readonly nameSpan: Span
  readonly hasValidName: boolean
  readonly value: Attribute | null
  readonly description?: string
}

export type ArgType = 'string' | 'number' | 'boolean' | 'list' | 'object'

export interface DeclaredArg {
  readonly name: string
  readonly type: ArgType
  readonly required: boolean
  readonly default?: Json
  readonly description?: string
}

export interface DeclaredTool {
  readonly name: string
  readonly nameSpan: Span
  readonly hasValidName: boolean
  readonly args: readonly DeclaredArg[]
  readonly handler: ElementNode | null
  readonly description?: string
}

export interface DeclaredLifecycle {
  readonly on: 'mount' | 'unmount'
  readonly at: Span
  readonly handler: ElementNode | null
}

export interface DeclaredExtension {
  readonly name: string
  readonly alias: string
  readonly at: Span
  readonly source?: string
}

const ARG_TYPES: readonly ArgType[] = ['string', 'number', 'boolean', 'list', 'object']
const TYPE_HINTS: Readonly<Record<string, string>> = {
  array: 'use list',
  any: 'use object',
  int: 'use number',
  integer: 'use number',
}

/** Reads the structure of a definition and reports everything that is wrong with it. */
export const readOutline = (root: ElementNode, report: Report): Outline => {
  const sections = readSections(root, report)
  const attributes = readAttributes(root, ROOT_ATTRIBUTES, { report, path: [] })
  const data = readData(sections.Data, report)
  const logic = readLogic(sections.Logic, report)
  const view = readView(root, sections.View, report)
  return { meta: readMeta(root, attributes, report), ...data, ...logic, ...view }
}

const ROOT_ATTRIBUTES = ['title', 'id', 'version', 'description', 'author', 'tags', 'icon', 'accent']
const SECTIONS = ['Data', 'Logic', 'View'] as const
type Sections = Record<(typeof SECTIONS)[number], ElementNode[]>

const readSections = (root: ElementNode, report: Report): Sections => {
  const sections: Sections = { Data: [], Logic: [], View: [] }
  for (const child of elementsOf(root, report, [])) {
    const name = SECTIONS.find((section) => section === child.name)
    if (name === undefined) {
      unknownElement(child, root, report, SECTIONS)
      continue
    }
    readAttributes(child, [], { report, path: [name.toLowerCase()] })
    if (sections[name].length > 0) {
      report({
        code: 'DUPLICATE_SECTION',
        message: `second <${name}>`,
        at: child.nameSpan,
        path: [name.toLowerCase()],
      })
    }
    sections[name].push(child)
  }
  return sections
}

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

const unknownElement = (
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

type Attributes = ReadonlyMap<string, Attribute>

const valueOf = (attributes: Attributes, name: string): string | undefined => attributes.get(name)?.value.text

const optional = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: string })

const invalidValue = (report: Report, attribute: Attribute, message: string, path: readonly string[]): void =>
  report({ code: 'INVALID_ATTRIBUTE_VALUE', message, at: attribute.valueSpan, path })

const readMeta = (root: ElementNode, attributes: Attributes, report: Report): CompiledPanel['meta'] => {
  checkMeta(attributes, report)
  const title = valueOf(attributes, 'title')
  if (title === undefined) {
    report({ code: 'MISSING_TITLE', message: 'the panel has no title', at: root.nameSpan })
  }
  const tags = (valueOf(attributes, 'tags') ?? '').split(',').map((tag) => tag.trim())
  return {
    title: title ?? 'Untitled panel',
    version: valueOf(attributes, 'version') ?? '1.0.0',
    tags: tags.filter((tag) => tag !== ''),
    ...optional('id', valueOf(attributes, 'id')),
    ...optional('description', valueOf(attributes, 'description')),
    ...optional('author', valueOf(attributes, 'author')),
    ...optional('icon', valueOf(attributes, 'icon')),
    ...optional('accent', valueOf(attributes, 'accent')),
  }
}

/** `1.2.3`, with the pre-release and build parts of semantic versioning. */
const SEMANTIC_VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

const META_RULES: Readonly<Record<string, { fits(text: string): boolean; rule: string }>> = {
  title: { fits: (text) => text.length >= 1 && text.length <= 128, rule: 'has 1 to 128 characters' },
  version: { fits: (text) => SEMANTIC_VERSION.test(text), rule: 'is a semantic version such as 1.0.0' },
  description: { fits: (text) => text.length <= 1024, rule: 'has at most 1,024 characters' },
  author: { fits: (text) => text.length <= 128, rule: 'has at most 128 characters' },
  tags: { fits: (text) => text.split(',').length <= 20, rule: 'has at most 20 words' },
}

const checkMeta = (attributes: Attributes, report: Report): void => {
  for (const [name, { fits, rule }] of Object.entries(META_RULES)) {
    const attribute = attributes.get(name)
    if (attribute === undefined || fits(attribute.value.text)) continue
    invalidValue(report, attribute, `${name} ${rule}`, [name])
  }
  const id = attributes.get('id')
  if (id !== undefined && !isSlug(id.value.text)) {
    const message = `"${id.value.text}" is not a valid panel id`
    report({ code: 'INVALID_IDENTIFIER', message, at: id.valueSpan, path: ['id'] })
  }
}

/** A required name that is an identifier; null when it is missing. */
const readName = (
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

const requireAttribute = (
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
const refuseChildren = (element: ElementNode, report: Report, path: readonly string[]): void => {
  for (const child of elementsOf(element, report, path)) {
    const message = `<${element.name}> cannot contain <${child.name}>`
    report({ code: 'CHILDREN_NOT_ALLOWED', message, at: child.nameSpan, path })
  }
}

const readData = (
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

/** Says whether a name is new; a second use is reported. */
const createNameTable = (
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
const createLimit = (max: number, what: string, report: Report) => {
  let count = 0
  return (element: ElementNode): boolean => {
    count += 1
    if (count === max + 1) {
      report({ code: 'LIMIT_EXCEEDED', message: `more than ${max} ${what}`, at: element.nameSpan })
    }
    return count <= max
  }
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
  const description = optional('description', valueOf(attributes, 'description'))
  return {
    ...named,
    type: type ?? 'string',
    scope,
    default: value ?? zeroValue(type ?? 'string'),
    ...description,
  }
}

const readType = <T extends string>(
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

const readDefault = (
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

const readComputed = (element: ElementNode, report: Report): DeclaredComputed | null => {
  const path = ['data', element.attributes.find(({ name }) => name === 'name')?.value.text ?? '']
  const attributes = readAttributes(element, ['name', 'value', 'description'], { report, path })
  refuseChildren(element, report, path)
  const named = readName(element, attributes, { what: 'computed', report, path })
  const value = requireAttribute(element, attributes, 'value', { report, path })
  if (named === null) return null
  return { ...named, value, ...optional('description', valueOf(attributes, 'description')) }
}

interface Logic {
  tools: DeclaredTool[]
  lifecycles: DeclaredLifecycle[]
  extensions: DeclaredExtension[]
}

const readLogic = (sections: readonly ElementNode[], report: Report): Logic => {
  const logic: Logic = { tools: [], lifecycles: [], extensions: [] }
  const toolNames = createNameTable('DUPLICATE_TOOL', report)
  const aliases = createNameTable('DUPLICATE_EXTENSION_ALIAS', report)
  const toolRoom = createLimit(MAX_TOOLS, 'tools', report)
  const extensionRoom = createLimit(MAX_EXTENSIONS, 'extensions', report)
  for (const child of sections.flatMap((section) => elementsOf(section, report, ['logic']))) {
    if (child.name === 'Tool') {
      const tool = readTool(child, report)
      if (tool !== null && toolNames(tool, ['logic', tool.name]) && toolRoom(child)) logic.tools.push(tool)
    } else if (child.name === 'Extension') {
      const extension = readExtension(child, aliases, report)
      if (extension !== null && extensionRoom(child)) logic.extensions.push(extension)
    } else if (child.name === 'Lifecycle') {
      const lifecycle = readLifecycle(child, logic.lifecycles, report)
      if (lifecycle !== null) logic.lifecycles.push(lifecycle)
    } else {
      unknownElement(child, sections[0] ?? child, report, ['Tool', 'Lifecycle', 'Extension'])
    }
  }
  return logic
}

const readTool = (element: ElementNode, report: Report): DeclaredTool | null => {
  const path = ['logic', element.attributes.find(({ name }) => name === 'name')?.value.text ?? '']
  const attributes = readAttributes(element, ['name', 'description'], { report, path })
  const named = readName(element, attributes, { what: 'tool', report, path })
  const args: DeclaredArg[] = []
  const argNames = createNameTable('DUPLICATE_ARG', report)
  const room = createLimit(MAX_ARGS, 'arguments', report)
  const handler = readHandler(element, ['Arg', 'Handler'], { report, path }, (child) => {
    const arg = readArg(child, report, path)
    if (arg !== null && argNames(arg, [...path, arg.arg.name]) && room(child)) args.push(arg.arg)
  })
  if (named === null) return null
  return { ...named, args, handler, ...optional('description', valueOf(attributes, 'description')) }
}

/** The one `Handler` of a Tool or Lifecycle; every other allowed child is handed to `other`. */
const readHandler = (
  element: ElementNode,
  allowed: readonly string[],
  { report, path }: { report: Report; path: readonly string[] },
  other: (child: ElementNode) => void,
): ElementNode | null => {
  let handler: ElementNode | null = null
  for (const child of elementsOf(element, report, path)) {
    if (!allowed.includes(child.name)) unknownElement(child, element, report, allowed)
    else if (child.name !== 'Handler') other(child)
    else if (handler === null) handler = child
    else
      report({
        code: 'DUPLICATE_HANDLER',
        message: `second <Handler> in <${element.name}>`,
        at: child.nameSpan,
        path,
      })
  }
  if (handler === null) {
    report({
      code: 'MISSING_HANDLER',
      message: `<${element.name}> needs a <Handler>`,
      at: element.nameSpan,
      path,
    })
  }
  return handler
}

const readArg = (
  element: ElementNode,
  report: Report,
  toolPath: readonly string[],
): { name: string; nameSpan: Span; arg: DeclaredArg } | null => {
  const path = [...toolPath, element.attributes.find(({ name }) => name === 'name')?.value.text ?? '']
  const attributes = readAttributes(element, ['name', 'type', 'required', 'default', 'description'], {
    report,
    path,
  })
  refuseChildren(element, report, path)
  const named = readName(element, attributes, { what: 'argument', report, path })
  const type = readType(attributes.get('type'), ARG_TYPES, { report, path })
  const value = readDefault(attributes.get('default'), type, { report, path })
  const required = readRequired(attributes, { report, path })
  if (named === null) return null
  const arg = {
    name: named.name,
    type: type ?? 'string',
    required: required && !attributes.has('default'),
    ...(value === undefined ? {} : { default: value }),
    ...optional('description', valueOf(attributes, 'description')),
  }
  return { name: named.name, nameSpan: named.nameSpan, arg }
}

const readRequired = (
  attributes: Attributes,
  { report, path }: { report: Report; path: readonly string[] },
): boolean => {
  const attribute = attributes.get('required')
  if (attribute === undefined) return true
  const text = attribute.value.text
  if (text !== 'true' && text !== 'false') {
    invalidValue(report, attribute, `required must be true or false; found "${text}"`, [...path, 'required'])
  }
  if (text === 'true' && attributes.has('default')) {
    const message = 'an argument with a default is never required'
    report({ code: 'REQUIRED_WITH_DEFAULT', message, at: attribute.nameSpan, path: [...path, 'required'] })
  }
  return text !== 'false'
}

const readExtension = (
  element: ElementNode,
  aliases: (named: { name: string; nameSpan: Span }, path: readonly string[]) => boolean,
  report: Report,
): DeclaredExtension | null => {
  const path = ['logic', 'extension']
  const attributes = readAttributes(element, ['name', 'alias', 'source'], { report, path })
  refuseChildren(element, report, path)
  const nameAttribute = requireAttribute(element, attributes, 'name', { report, path })
  if (nameAttribute === null) return null
  const name = nameAttribute.value.text
  if (!isExtensionName(name)) {
    const message = `"${name}" is not a valid extension name`
    report({ code: 'INVALID_IDENTIFIER', message, at: nameAttribute.valueSpan, path: [...path, 'name'] })
  }
  const aliasAttribute = attributes.get('alias')
  const alias = aliasAttribute?.value.text ?? name.split('.').at(-1) ?? ''
  if (aliasAttribute !== undefined && !isIdentifier(alias)) {
    const message = `"${alias}" is not a valid alias`
    report({ code: 'INVALID_IDENTIFIER', message, at: aliasAttribute.valueSpan, path: [...path, 'alias'] })
  }
  const nameSpan = (aliasAttribute ?? nameAttribute).valueSpan
  if (!aliases({ name: alias, nameSpan }, [...path, 'alias'])) return null
  return { name, alias, at: element.nameSpan, ...optional('source', valueOf(attributes, 'source')) }
}

const readLifecycle = (
  element: ElementNode,
  known: readonly DeclaredLifecycle[],
  report: Report,
): DeclaredLifecycle | null => {
  const path = ['logic', 'lifecycle']
  const attributes = readAttributes(element, ['on'], { report, path })
  const attribute = requireAttribute(element, attributes, 'on', { report, path })
  const handler = readHandler(element, ['Handler'], { report, path }, () => {})
  if (attribute === null) return null
  const on = attribute.value.text
  if (on !== 'mount' && on !== 'unmount') {
    invalidValue(report, attribute, `on must be mount or unmount; found "${on}"`, [...path, 'on'])
    return null
  }
  if (known.some((lifecycle) => lifecycle.on === on)) {
    const message = `a second handler for ${on}`
    report({ code: 'DUPLICATE_LIFECYCLE', message, at: attribute.valueSpan, path: [...path, 'on'] })
    return null
  }
  return { on, at: element.nameSpan, handler }
}

const readView = (
  root: ElementNode,
  sections: readonly ElementNode[],
  report: Report,
): { viewRoot: ElementNode | null; refused: readonly ElementNode[] } => {
  const [view, ...others] = sections
  if (view === undefined) {
    report({ code: 'MISSING_VIEW', message: 'headless panel', at: root.nameSpan })
    return { viewRoot: null, refused: [] }
  }
  const [viewRoot = null, ...second] = elementsOf(view, report, ['view'])
  for (const element of second) {
    const message = '<View> takes one root component; wrap them in a <Layout>'
    report({ code: 'MULTIPLE_VIEW_ROOTS', message, at: element.nameSpan, path: ['view'] })
  }
  return { viewRoot, refused: [...second, ...others] }
}
