import { readAttributes } from './attributes.ts'
import type {
  ArgType,
  DeclaredArg,
  DeclaredExtension,
  DeclaredLifecycle,
  DeclaredTool,
} from './declarations.ts'
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
import type { Report } from './diagnostics.ts'
import { MAX_ARGS, MAX_EXTENSIONS, MAX_TOOLS } from './limits.ts'
import { isExtensionName, isIdentifier } from './names.ts'
import type { ElementNode } from './parse.ts'
import type { Span } from './positions.ts'

const ARG_TYPES: readonly ArgType[] = ['string', 'number', 'boolean', 'list', 'object']

interface Logic {
  tools: DeclaredTool[]
  lifecycles: DeclaredLifecycle[]
  extensions: DeclaredExtension[]
}

export const readLogic = (sections: readonly ElementNode[], report: Report): Logic => {
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
  return { ...named, args, handler, ...optional('description', textOf(attributes, 'description')) }
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
    ...optional('description', textOf(attributes, 'description')),
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
  return { name, alias, at: element.nameSpan, ...optional('source', textOf(attributes, 'source')) }
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
