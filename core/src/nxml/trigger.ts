import type { Expr, ViewNode } from './compiled-panel.ts'
import type { DeclaredTool } from './declarations.ts'
import { type ExpressionContext, parseExpression, readTree } from './expressions/parse.ts'
import type { ExprNode } from './expressions/tree.ts'
import { suggest } from './names.ts'
import type { Attribute, ElementNode } from './parse.ts'
import type { Span } from './positions.ts'
import type { ViewContext } from './view.ts'

interface TriggerContext extends ViewContext {
  readonly path: readonly string[]
  readonly expression: ExpressionContext
}

type Trigger = NonNullable<ViewNode['trigger']>

/** Reads `trigger` and `args` of a component (NXML specification 5.6, 6.1); null when it triggers nothing. */
export const parseTrigger = (
  element: ElementNode,
  attributes: ReadonlyMap<string, Attribute>,
  context: TriggerContext,
): Trigger | null => {
  const argsAttribute = readArgsAttribute(attributes, context)
  const args = argsAttribute === undefined ? null : parseArgs(argsAttribute, context)
  const attribute = attributes.get('trigger')
  if (attribute === undefined) return null
  const name = attribute.value.text
  context.useTool(name)
  const tool = context.tools.get(name)
  if (tool === undefined) {
    reportUnknownTool(attribute, context)
    return null
  }
  const isBroken = argsAttribute !== undefined && args === null
  if (!isBroken) checkArguments({ element, tool, args }, argsAttribute ?? attribute, context)
  return {
    tool: name,
    ...(args === null ? {} : { args }),
    argsShape: args === null ? 'unknown' : shapeOf(args),
  }
}

const readArgsAttribute = (
  attributes: ReadonlyMap<string, Attribute>,
  { report, path }: TriggerContext,
): Attribute | undefined => {
  const args = attributes.get('args')
  const payload = attributes.get('payload')
  if (payload === undefined) return args
  const place = { at: payload.nameSpan, path: [...path, 'payload'] }
  if (args !== undefined)
    report({ code: 'CONFLICTING_ATTRIBUTES', message: 'both args and payload are given', ...place })
  else report({ code: 'DEPRECATED_ATTRIBUTE', message: 'payload is an old name of args', ...place })
  return args ?? payload
}

const reportUnknownTool = (attribute: Attribute, context: TriggerContext): void => {
  const name = attribute.value.text
  const place = { at: attribute.valueSpan, path: [...context.path, 'trigger'] }
  if (/[{}]/.test(name)) {
    context.report({
      code: 'INVALID_ATTRIBUTE_VALUE',
      message: 'trigger is the name of a tool, without braces',
      ...place,
    })
    return
  }
  const hint = suggest(name, context.tools.keys())
  context.report({ code: 'UNDEFINED_TOOL_REFERENCE', message: `no tool named "${name}"`, hint, ...place })
}

/** The text as a whole, or else the inside of one pair of braces around it. */
const parseArgs = (attribute: Attribute, context: TriggerContext): Expr | null => {
  const expression = { ...context.expression, path: [...context.path, attribute.name] }
  return parseExpression(attribute.value, argsSpan(attribute.value.text), expression)
}

const argsSpan = (text: string): Span => {
  const whole = { start: 0, end: text.length }
  if (readTree(text, 0, text.length).state === 'parsed') return whole
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}') || trimmed.length < 2) return whole
  return { start: text.indexOf('{') + 1, end: text.lastIndexOf('}') }
}

const shapeOf = (args: Expr): Trigger['argsShape'] => {
  const node = args.node as ExprNode
  if (node.op === 'list') return 'list'
  if (node.op === 'object') return 'object'
  return node.op === 'condition' || node.op === 'logical' ? 'unknown' : 'single'
}

/** Names that a call supplies as far as the source shows; null when only running it can tell. */
const suppliedNames = (tool: DeclaredTool, args: Expr | null): readonly string[] | null => {
  if (args === null) return []
  const node = args.node as ExprNode
  if (node.op === 'list') {
    if (node.items.some((item) => item.spread)) return null
    return node.items.map((_, index) => tool.args[index]?.name ?? `argument ${index + 1}`)
  }
  if (node.op === 'object') {
    const names = node.members.map((member) =>
      member.kind === 'member' && typeof member.key === 'string' ? member.key : null,
    )
    return names.every((name) => name !== null) ? names : null
  }
  if (shapeOf(args) === 'unknown') return null
  return tool.args.length === 1 ? tool.args.map(({ name }) => name) : ['a single value']
}

const checkArguments = (
  { element, tool, args }: { element: ElementNode; tool: DeclaredTool; args: Expr | null },
  attribute: Attribute,
  { report, path }: TriggerContext,
): void => {
  const supplied = suppliedNames(tool, args)
  if (supplied === null) return
  const givesValue = element.name === 'Input' || element.name === 'Switch'
  const given = new Set(givesValue ? [...supplied, 'value'] : supplied)
  const place = { at: attribute.valueSpan, path: [...path, attribute.name] }
  const missing = tool.args
    .filter((arg) => arg.required && !given.has(arg.name))
    .map((arg) => `"${arg.name}"`)
  if (missing.length > 0) {
    report({ code: 'MISSING_ARGUMENT', message: `tool "${tool.name}" needs ${missing.join(', ')}`, ...place })
    return
  }
  const known = new Set(tool.args.map((arg) => arg.name))
  const surplus = supplied.filter((name) => !known.has(name))
  if (surplus.length === 0) return
  const message = `tool "${tool.name}" does not take ${surplus.join(', ')}`
  report({ code: 'UNKNOWN_ARGUMENT', message, hint: suggest(surplus[0] ?? '', known), ...place })
}
