import { readAttributes } from './attributes.ts'
import { parseBind } from './bind.ts'
import { bodyText } from './body-text.ts'
import type { Expr, ViewNode, ViewProp } from './compiled-panel.ts'
import { COMPONENT_HINTS, COMPONENTS, type ComponentRule, type PropRule } from './components.ts'
import type { DeclaredComputed, DeclaredState, DeclaredTool } from './declarations.ts'
import type { Report } from './diagnostics.ts'
import { type ExpressionContext, parseExpression } from './expressions/parse.ts'
import { MAX_ELEMENT_DEPTH, MAX_VIEW_NODES } from './limits.ts'
import { isIdentifier, isViewId, nearestName } from './names.ts'
import type { Attribute, ElementNode } from './parse.ts'
import type { Locate, Span } from './positions.ts'
import { parseTemplate, singleExpression } from './templates.ts'
import { parseTrigger } from './trigger.ts'

/** What the View is checked against, and where its findings go. */
export interface ViewContext {
  readonly locate: Locate
  readonly report: Report
  readonly states: ReadonlyMap<string, DeclaredState>
  readonly computed: ReadonlyMap<string, DeclaredComputed>
  readonly stateNames: ReadonlySet<string>
  readonly tools: ReadonlyMap<string, DeclaredTool>
  useState(name: string): void
  useTool(name: string): void
  /** A part whose names still count as used although it is not examined. */
  refuse(element: ElementNode): void
}

interface CompiledView {
  readonly root: ViewNode | null
  readonly ids: ReadonlySet<string>
}

/** The position of one component: the loop variables it sees, its depth and its path. */
interface Place {
  readonly scopeNames: ReadonlySet<string>
  readonly loopNames: ReadonlySet<string>
  readonly depth: number
  readonly path: readonly string[]
}

/** Compiles the component tree. What is refused is left out of the result and has been reported. */
export const compileView = (root: ElementNode | null, context: ViewContext): CompiledView => {
  const ids = new Map<string, Span>()
  const { locate } = context
  let nodeCount = 0

  const compileNode = (element: ElementNode, place: Place): ViewNode | null => {
    const rule = Object.hasOwn(COMPONENTS, element.name) ? COMPONENTS[element.name] : undefined
    if (rule === undefined) return refuseComponent(element, place)
    if (isOverLimit(element, place)) return null
    const attributes = readAttributes(element, attributeNames(rule), {
      report: context.report,
      path: place.path,
    })
    const id = readId(attributes.get('id'), place)
    const props = readProps(element, rule, attributes, place)
    const trigger = rule.trigger === undefined ? null : parseTrigger(element, attributes, here(place))
    const children = compileChildren(element, rule, attributes, place)
    checkNode(element, attributes, props)
    return {
      type: element.name,
      ...(id === null ? {} : { id }),
      loc: locate(element.nameSpan),
      children,
      props,
      ...(trigger === null ? {} : { trigger }),
    }
  }

  const here = (place: Place) => ({ ...context, path: place.path, expression: expressionContext(place) })

  const expressionContext = (place: Place): ExpressionContext => ({
    kind: 'view',
    locate,
    stateNames: context.stateNames,
    scopeNames: place.scopeNames,
    report: context.report,
    path: place.path,
    use: context.useState,
  })

  const refuseComponent = (element: ElementNode, { path }: Place): null => {
    const nearest = nearestName(element.name, Object.keys(COMPONENTS))
    const hint =
      COMPONENT_HINTS[element.name] ?? (nearest === undefined ? undefined : `did you mean <${nearest}>?`)
    const message = `unknown component <${element.name}>`
    context.report({ code: 'UNKNOWN_COMPONENT', message, hint, at: element.nameSpan, path })
    context.refuse(element)
    return null
  }

  const isOverLimit = (element: ElementNode, { depth, path }: Place): boolean => {
    nodeCount += 1
    const tooDeep = depth > MAX_ELEMENT_DEPTH
    if (tooDeep || nodeCount === MAX_VIEW_NODES + 1) {
      const message = tooDeep
        ? `components are nested deeper than ${MAX_ELEMENT_DEPTH}`
        : `more than ${MAX_VIEW_NODES} components`
      context.report({ code: 'LIMIT_EXCEEDED', message, at: element.nameSpan, path })
    }
    return tooDeep || nodeCount > MAX_VIEW_NODES
  }

  const readId = (attribute: Attribute | undefined, { path }: Place): string | null => {
    if (attribute === undefined) return null
    const id = attribute.value.text
    const first = ids.get(id)
    const place = { at: attribute.valueSpan, path: [...path, 'id'] }
    if (!isViewId(id)) {
      context.report({ code: 'INVALID_IDENTIFIER', message: `"${id}" is not a valid view id`, ...place })
    } else if (first !== undefined) {
      const message = `id "${id}" is already used at line ${locate(first).startLine}`
      context.report({ code: 'DUPLICATE_VIEW_ID', message, ...place })
    } else {
      ids.set(id, attribute.valueSpan)
    }
    return id
  }

  const readProps = (
    element: ElementNode,
    rule: ComponentRule,
    attributes: ReadonlyMap<string, Attribute>,
    place: Place,
  ): Record<string, ViewProp> => {
    const props: Record<string, ViewProp> = {}
    for (const [name, propRule] of Object.entries(rule.props)) {
      const attribute = attributes.get(name)
      const prop = attribute === undefined ? null : readProp(element, propRule, attribute, place)
      if (prop !== null) props[name] = prop
    }
    const body = readBody(element, rule, attributes, place)
    if (body !== null && rule.body !== undefined) props[rule.body] = body
    reportMissing(element, rule, attributes, place)
    return props
  }

  const reportMissing = (
    element: ElementNode,
    rule: ComponentRule,
    attributes: ReadonlyMap<string, Attribute>,
    { path }: Place,
  ): void => {
    const missing = Object.entries(rule.props)
      .filter(([name, prop]) => 'required' in prop && !attributes.has(name))
      .filter(([name]) => name !== rule.body || bodyText(element) === null)
      .map(([name]) => name)
    if (rule.trigger === 'required' && !attributes.has('trigger')) missing.push('trigger')
    if (element.name === 'StatusBadge' && !attributes.has('label') && !attributes.has('value')) {
      missing.push('label or value')
    }
    for (const name of missing) {
      const message = `<${element.name}> needs ${name}`
      context.report({ code: 'MISSING_REQUIRED', message, at: element.nameSpan, path })
    }
  }

  const readBody = (
    element: ElementNode,
    rule: ComponentRule,
    attributes: ReadonlyMap<string, Attribute>,
    place: Place,
  ): ViewProp | null => {
    const body = bodyText(element)
    if (body === null) return null
    const at = { start: body.offsetAt(0), end: body.offsetAt(body.text.length) }
    if (rule.body === undefined) {
      const message = `text is not allowed inside <${element.name}>`
      context.report({ code: 'UNEXPECTED_TEXT', message, at, path: place.path })
      return null
    }
    if (attributes.has(rule.body)) {
      const message = `<${element.name}> has both ${rule.body} and text`
      context.report({ code: 'CONFLICTING_ATTRIBUTES', message, at, path: place.path })
      return null
    }
    return parseTemplate(body, expressionContext(place))
  }

  const readProp = (
    element: ElementNode,
    rule: PropRule,
    attribute: Attribute,
    place: Place,
  ): ViewProp | null => {
    const path = [...place.path, attribute.name]
    const expression = { ...expressionContext(place), path }
    switch (rule.kind) {
      case 'template':
        return parseTemplate(attribute.value, expression)
      case 'binding':
        return readBinding(attribute, expression)
      case 'value':
      case 'flag':
        return readValueOrBinding(rule, attribute, expression)
      case 'path':
        return parseBind(element, attribute, {
          ...context,
          path,
          loopNames: place.loopNames,
          scopeNames: place.scopeNames,
        })
      default:
        return readLiteral(rule, attribute, path)
    }
  }

  const readBinding = (attribute: Attribute, expression: ExpressionContext): ViewProp | null => {
    const inside = singleExpression(attribute.value)
    if (inside === null)
      return refuseValue(attribute, `${attribute.name} must be one {expression}`, expression.path)
    return toBinding(attribute, inside, expression)
  }

  const toBinding = (attribute: Attribute, inside: Span, expression: ExpressionContext): ViewProp | null => {
    const expr: Expr | null = parseExpression(attribute.value, inside, expression)
    return expr === null ? null : { kind: 'binding', expr }
  }

  const refuseValue = (
    attribute: Attribute,
    message: string,
    path: readonly string[],
    hint?: string,
  ): null => {
    context.report({ code: 'INVALID_ATTRIBUTE_VALUE', message, hint, at: attribute.valueSpan, path })
    return null
  }

  const readValueOrBinding = (
    rule: PropRule & { kind: 'value' | 'flag' },
    attribute: Attribute,
    expression: ExpressionContext,
  ): ViewProp | null => {
    const inside = singleExpression(attribute.value)
    if (inside !== null) return toBinding(attribute, inside, expression)
    if (rule.kind === 'flag') return readBooleanWord(attribute, expression.path)
    const isOpen = rule.open === true && !/[{}]/.test(attribute.value.text)
    return isOpen
      ? { kind: 'literal', value: attribute.value.text }
      : readWord(rule.values, attribute, expression.path)
  }

  const readBooleanWord = (attribute: Attribute, path: readonly string[]): ViewProp | null => {
    const { text } = attribute.value
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' }
    return refuseValue(attribute, `${attribute.name} must be true or false; found "${text}"`, path)
  }

  const readWord = (
    values: readonly string[],
    attribute: Attribute,
    path: readonly string[],
  ): ViewProp | null => {
    const { text } = attribute.value
    if (values.includes(text)) return { kind: 'literal', value: text }
    const nearest = attribute.name === 'strategy' && text === 'flex' ? 'stack' : nearestName(text, values)
    const hint = nearest === undefined ? undefined : `did you mean "${nearest}"?`
    return refuseValue(
      attribute,
      `${attribute.name} must be one of ${values.join(', ')}; found "${text}"`,
      path,
      hint,
    )
  }

  const readLiteral = (
    rule: Exclude<PropRule, { kind: 'template' | 'binding' | 'value' | 'flag' | 'path' }>,
    attribute: Attribute,
    path: readonly string[],
  ): ViewProp | null => {
    const { text } = attribute.value
    switch (rule.kind) {
      case 'word':
        return readWord(rule.values, attribute, path)
      case 'boolean':
        return readBooleanWord(attribute, path)
      case 'integer': {
        const digits = rule.unit === undefined ? text : text.replace(new RegExp(`${rule.unit}$`), '')
        const value = /^\d+$/.test(digits) ? Number(digits) : Number.NaN
        if (value >= rule.min && value <= rule.max) return { kind: 'literal', value }
        return refuseValue(
          attribute,
          `${attribute.name} must be ${rule.min} to ${rule.max}; found "${text}"`,
          path,
        )
      }
      case 'name':
        if (isIdentifier(text) && text !== 'index') return { kind: 'literal', value: text }
        context.report({
          code: /[{}]/.test(text) ? 'INVALID_ATTRIBUTE_VALUE' : 'INVALID_IDENTIFIER',
          message: `"${text}" is not a valid loop variable`,
          at: attribute.valueSpan,
          path,
        })
        return null
      case 'member-path':
        if (/^[^{}.[\]]+(\.[^{}.[\]]+)*$/.test(text)) return { kind: 'literal', value: text }
        return refuseValue(attribute, `${attribute.name} must be a property name; found "${text}"`, path)
    }
  }

  const compileChildren = (
    element: ElementNode,
    rule: ComponentRule,
    attributes: ReadonlyMap<string, Attribute>,
    place: Place,
  ): ViewNode[] => {
    const elements = element.children.filter((child) => child.kind === 'element')
    if (!rule.children) {
      for (const child of elements) refuseChild(element, child, place)
      return []
    }
    const inner = element.name === 'Iterate' ? enterLoop(attributes.get('as'), place) : place
    return elements.flatMap((child, index) => {
      const path = [...place.path, 'children', String(index)]
      const node = compileNode(child, { ...inner, depth: place.depth + 1, path })
      return node === null ? [] : [node]
    })
  }

  const refuseChild = (parent: ElementNode, child: ElementNode, { path }: Place): void => {
    const message = `<${parent.name}> cannot contain <${child.name}>`
    context.report({ code: 'CHILDREN_NOT_ALLOWED', message, at: child.nameSpan, path })
    context.refuse(child)
  }

  const enterLoop = (attribute: Attribute | undefined, place: Place): Place => {
    const name = attribute?.value.text
    const scopeNames = new Set([...place.scopeNames, 'index'])
    const loopNames = new Set(place.loopNames)
    if (attribute === undefined || name === undefined || !isIdentifier(name)) return { ...place, scopeNames }
    if (place.loopNames.has(name)) {
      const message = `"${name}" hides the outer loop variable`
      context.report({
        code: 'SHADOWED_SCOPE',
        message,
        at: attribute.valueSpan,
        path: [...place.path, 'as'],
      })
    }
    scopeNames.add(name).add(`${name}Index`)
    return { ...place, scopeNames, loopNames: loopNames.add(name) }
  }

  const checkNode = (
    element: ElementNode,
    attributes: ReadonlyMap<string, Attribute>,
    props: Readonly<Record<string, ViewProp>>,
  ): void => {
    if (element.name === 'Iterate' && !attributes.has('key') && containsInput(element)) {
      const message = 'name a key so that rows keep their identity'
      context.report({ code: 'MISSING_KEY', message, at: element.nameSpan })
    }
    if (element.name === 'Button' && !attributes.has('trigger')) {
      context.report({
        code: 'BUTTON_WITHOUT_TRIGGER',
        message: 'the button does nothing',
        at: element.nameSpan,
      })
    }
    const bind = attributes.get('bind')
    if (bind !== undefined && isPassword(props.inputType) && isShared(props.bind)) {
      const message = 'every member of the workspace can read this value'
      context.report({
        code: 'PASSWORD_IN_SHARED_STATE',
        message,
        at: bind.valueSpan,
        hint: 'use scope="local"',
      })
    }
  }

  const isPassword = (prop: ViewProp | undefined): boolean =>
    prop?.kind === 'literal' && prop.value === 'password'

  const isShared = (prop: ViewProp | undefined): boolean =>
    prop?.kind === 'path' &&
    prop.root === '$state' &&
    context.states.get(String(prop.steps[0]))?.scope === 'shared'

  const start: Place = { scopeNames: new Set(), loopNames: new Set(), depth: 1, path: ['view', 'root'] }
  return { root: root === null ? null : compileNode(root, start), ids: new Set(ids.keys()) }
}

const attributeNames = (rule: ComponentRule): string[] => [
  'id',
  ...Object.keys(rule.props),
  ...(rule.trigger === undefined ? [] : ['trigger', 'args', 'payload']),
]

/** Whether a row has a field to type in or a switch; deep trees are cut by the element limit anyway. */
const containsInput = (element: ElementNode, depth = 0): boolean =>
  depth <= MAX_ELEMENT_DEPTH &&
  element.children.some(
    (child) =>
      child.kind === 'element' &&
      (child.name === 'Input' || child.name === 'Switch' || containsInput(child, depth + 1)),
  )
