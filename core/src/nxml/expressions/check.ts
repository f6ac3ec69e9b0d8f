import type * as acorn from 'acorn'
import type { DiagnosticCode } from '../diagnostics.ts'
import type { MappedText } from '../mapped-text.ts'
import { suggest } from '../names.ts'
import type { ExpressionContext } from './parse.ts'
import {
  BINARY_OPERATORS,
  type BinaryOperator,
  type ExprNode,
  type ListItem,
  type ObjectMember,
  UNARY_OPERATORS,
  type UnaryOperator,
} from './tree.ts'
import {
  CALLBACK_FUNCTIONS,
  CALLBACK_METHODS,
  FORBIDDEN_GLOBALS,
  FORBIDDEN_MEMBERS,
  FUNCTIONS,
  METHODS,
  NAMESPACE_CONSTANTS,
  NAMESPACE_FUNCTIONS,
  VIEW_ONLY_METHODS,
} from './vocabulary.ts'

/** Deeper trees are refused, so that walking one never exhausts the stack. */
const MAX_DEPTH = 200

interface CheckedExpression {
  readonly node: ExprNode
  readonly reads: readonly string[]
  readonly scopeReads: readonly string[]
}

/** Turns a JavaScript tree into one that holds only what NXML allows; null after anything was reported. */
export const checkExpression = (
  tree: acorn.Expression,
  text: MappedText,
  context: ExpressionContext,
): CheckedExpression | null => {
  const checker = createChecker(text, context)
  const node = checker.check(tree)
  return checker.isRefused() ? null : { node, reads: checker.reads(), scopeReads: checker.scopeReads() }
}

type Place = Pick<acorn.Node, 'start' | 'end'>
const NOTHING: ExprNode = { op: 'constant', value: undefined }
const CONSTANTS: Readonly<Record<string, number | undefined>> = {
  undefined: undefined,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
}

const createChecker = (text: MappedText, context: ExpressionContext) => {
  const reads = new Set<string>()
  const scopeReads = new Set<string>()
  let parameters: ReadonlyMap<string, number> = new Map()
  let slotCount = 0
  let depth = 0
  let refused = false

  /** Reports, and gives a node that stands for the refused part, which is not examined further. */
  const refuse = (code: DiagnosticCode, place: Place, message: string, hint?: string): ExprNode => {
    refused = true
    const at = { start: text.offsetAt(place.start), end: text.offsetAt(place.end) }
    context.report({ code, message, hint, at, path: context.path })
    return NOTHING
  }

  const forbid = (place: Place, what: string, hint?: string): ExprNode =>
    refuse('EXPRESSION_FORBIDDEN', place, `${what} not allowed in expressions`, hint)

  const check = (node: acorn.Expression | acorn.Super | acorn.PrivateIdentifier): ExprNode => {
    if (depth >= MAX_DEPTH) return refuse('EXPRESSION_SYNTAX', node, 'the expression is nested too deeply')
    depth += 1
    const checked = checkByType(node)
    depth -= 1
    return checked
  }

  const checkByType = (node: acorn.Expression | acorn.Super | acorn.PrivateIdentifier): ExprNode => {
    switch (node.type) {
      case 'Literal':
        return checkLiteral(node)
      case 'Identifier':
        return checkName(node)
      case 'TemplateLiteral':
        return checkTemplate(node)
      case 'ArrayExpression':
        return { op: 'list', items: checkItems(node.elements, node) }
      case 'ObjectExpression':
        return { op: 'object', members: node.properties.map(checkProperty) }
      case 'UnaryExpression':
        return checkUnary(node)
      case 'BinaryExpression':
        return checkBinary(node)
      case 'LogicalExpression':
        return {
          op: 'logical',
          operator: node.operator,
          left: check(node.left),
          right: check(node.right),
        }
      case 'ConditionalExpression':
        return {
          op: 'condition',
          test: check(node.test),
          yes: check(node.consequent),
          no: check(node.alternate),
        }
      case 'MemberExpression':
        return checkMember(node)
      case 'ChainExpression':
        return { op: 'chain', body: check(node.expression) }
      case 'CallExpression':
        return checkCall(node)
      case 'NewExpression':
        return checkNew(node)
      case 'ParenthesizedExpression':
        return check(node.expression)
      default:
        return forbidType(node)
    }
  }

  const forbidType = (node: acorn.Node): ExprNode => {
    const known = FORBIDDEN_KINDS[node.type]
    return known === undefined ? forbid(node, `${node.type} is`) : forbid(node, known.what, known.hint)
  }

  const checkLiteral = (node: acorn.Literal): ExprNode => {
    if (node.regex !== undefined && node.regex !== null) return forbid(node, 'regular expressions are')
    const { value } = node
    if (typeof value === 'bigint' || (typeof value === 'object' && value !== null)) {
      return forbid(node, 'bigint numbers are')
    }
    return { op: 'constant', value: value ?? null }
  }

  const checkName = (node: acorn.Identifier): ExprNode => {
    const slot = parameters.get(node.name)
    if (slot !== undefined) return { op: 'parameter', slot }
    if (Object.hasOwn(CONSTANTS, node.name)) return { op: 'constant', value: CONSTANTS[node.name] }
    if (node.name === '$state' || node.name === '$scope') {
      return forbid(node, `${node.name} on its own is`, `read one name, such as ${node.name}.name`)
    }
    return refuseName(node)
  }

  const refuseName = (node: acorn.Identifier): ExprNode => {
    const { name } = node
    if (FORBIDDEN_GLOBALS.has(name)) return refuse('FORBIDDEN_GLOBAL', node, `${name} is not available`)
    if (name === 'await' || name === 'yield' || name === 'async') return forbid(node, `${name} is`)
    if (FUNCTIONS.has(name) || Object.hasOwn(NAMESPACE_FUNCTIONS, name)) {
      return forbid(node, `${name} on its own is`)
    }
    return refuse('UNKNOWN_GLOBAL', node, `unknown name "${name}"`, hintForName(name))
  }

  const hintForName = (name: string): string | undefined => {
    if (context.stateNames.has(name)) return `write $state.${name}`
    if (context.scopeNames.has(name)) return `write $scope.${name}`
    if (name === '$computed') return 'computed values are read as $state.name'
    return undefined
  }

  const checkTemplate = (node: acorn.TemplateLiteral): ExprNode => ({
    op: 'template',
    texts: node.quasis.map((quasi) => quasi.value.cooked ?? ''),
    parts: node.expressions.map(check),
  })

  const checkItems = (
    nodes: readonly (acorn.Expression | acorn.SpreadElement | null)[],
    owner: Place,
  ): ListItem[] =>
    nodes.map((node) => {
      if (node === null) return { spread: false, value: forbid(owner, 'a hole in a list is') }
      if (node.type === 'SpreadElement') return { spread: true, value: check(node.argument) }
      return { spread: false, value: check(node) }
    })

  const checkProperty = (property: acorn.Property | acorn.SpreadElement): ObjectMember => {
    if (property.type === 'SpreadElement') return { kind: 'spread', value: check(property.argument) }
    if (property.shorthand) {
      const hint = 'NXML uses single braces; in an object write { name: value }'
      return { kind: 'member', key: '', value: forbid(property, 'an object member without a value is', hint) }
    }
    if (property.method || property.kind !== 'init') {
      return { kind: 'member', key: '', value: forbid(property, 'methods and accessors are') }
    }
    return { kind: 'member', key: checkKey(property), value: check(property.value) }
  }

  const checkKey = (property: acorn.Property): string | ExprNode => {
    if (property.computed) return check(property.key)
    const name = staticName(property.key)
    if (FORBIDDEN_MEMBERS.has(name)) refuseMember(property.key, name)
    return name
  }

  const checkUnary = (node: acorn.UnaryExpression): ExprNode =>
    isOneOf<UnaryOperator>(UNARY_OPERATORS, node.operator)
      ? { op: 'unary', operator: node.operator, operand: check(node.argument) }
      : forbid(node, `${node.operator} is`)

  const checkBinary = (node: acorn.BinaryExpression): ExprNode =>
    isOneOf<BinaryOperator>(BINARY_OPERATORS, node.operator)
      ? { op: 'binary', operator: node.operator, left: check(node.left), right: check(node.right) }
      : forbid(node, `${node.operator} is`)

  const refuseMember = (place: Place, name: string): ExprNode =>
    refuse('FORBIDDEN_PROPERTY', place, `${name} is not accessible`)

  const checkMember = (node: acorn.MemberExpression): ExprNode => {
    const root = freeName(node.object)
    if (root === '$state') return checkStateRead(node)
    if (root === '$scope') return checkScopeRead(node)
    if (root !== null && Object.hasOwn(NAMESPACE_FUNCTIONS, root)) return checkConstant(node, root)
    const object = check(node.object)
    const key = memberKey(node)
    return { op: 'member', object, key, optional: node.optional }
  }

  const memberKey = (node: acorn.MemberExpression): string | ExprNode => {
    const name = memberName(node)
    if (name === null) return check(node.property)
    if (FORBIDDEN_MEMBERS.has(name)) refuseMember(node.property, name)
    return name
  }

  const checkStateRead = (node: acorn.MemberExpression): ExprNode => {
    const name = memberName(node)
    if (name === null) return forbid(node, '$state[…] with a computed name is', 'name the state')
    if (FORBIDDEN_MEMBERS.has(name)) return refuseMember(node.property, name)
    reads.add(name)
    if (context.stateNames.has(name)) return { op: 'state', name }
    return refuse(
      'UNDEFINED_STATE_REFERENCE',
      node.property,
      `no state or computed value named "${name}"`,
      suggest(name, context.stateNames),
    )
  }

  const checkScopeRead = (node: acorn.MemberExpression): ExprNode => {
    const name = memberName(node)
    if (name === null) return forbid(node, '$scope[…] with a computed name is')
    scopeReads.add(name)
    if (context.kind === 'view' && context.scopeNames.has(name)) return { op: 'scope', name }
    const hint =
      context.kind === 'computed' ? 'computed values have no $scope' : suggest(name, context.scopeNames)
    return refuse('INVALID_SCOPE_REFERENCE', node.property, `$scope.${name} is not defined here`, hint)
  }

  const checkConstant = (node: acorn.MemberExpression, namespace: string): ExprNode => {
    const name = memberName(node) ?? ''
    const constants = NAMESPACE_CONSTANTS[namespace]
    if (FORBIDDEN_MEMBERS.has(name)) return refuseMember(node.property, name)
    if (constants === undefined || !Object.hasOwn(constants, name)) {
      return forbid(node.property, `${namespace}.${name} is`)
    }
    return { op: 'constant', value: constants[name] }
  }

  const checkCall = (node: acorn.CallExpression): ExprNode => {
    const { callee } = node
    const name = freeName(callee)
    if (name !== null) return checkFunctionCall(node, name)
    if (callee.type !== 'MemberExpression') return forbid(node, 'calling the result of an expression is')
    const namespace = freeName(callee.object)
    if (namespace !== null && Object.hasOwn(NAMESPACE_FUNCTIONS, namespace)) {
      return checkNamespaceCall(node, callee, namespace)
    }
    return checkMethodCall(node, callee)
  }

  const checkFunctionCall = (node: acorn.CallExpression, name: string): ExprNode => {
    if (FUNCTIONS.has(name)) {
      return { op: 'function', name, args: checkItems(node.arguments, node) }
    }
    if (name === '$state' || name === '$scope') return forbid(node, `calling ${name} is`)
    if (Object.hasOwn(NAMESPACE_FUNCTIONS, name)) return forbid(node, `calling ${name} is`)
    return refuseName(node.callee as acorn.Identifier)
  }

  const checkNamespaceCall = (
    node: acorn.CallExpression,
    callee: acorn.MemberExpression,
    namespace: string,
  ): ExprNode => {
    const name = memberName(callee) ?? ''
    if (FORBIDDEN_MEMBERS.has(name)) return refuseMember(callee.property, name)
    if (NAMESPACE_FUNCTIONS[namespace]?.has(name)) {
      return { op: 'function', name: `${namespace}.${name}`, args: checkItems(node.arguments, node) }
    }
    const dependsOnTime = name === 'now' || name === 'random'
    const hint = dependsOnTime ? 'a result must depend on data only' : undefined
    return forbid(callee.property, `${namespace}.${name} is`, hint)
  }

  const checkMethodCall = (node: acorn.CallExpression, callee: acorn.MemberExpression): ExprNode => {
    const name = memberName(callee)
    if (name === null) return forbid(callee.property, 'calling a member by a computed name is')
    if (FORBIDDEN_MEMBERS.has(name)) return refuseMember(callee.property, name)
    if (!METHODS.has(name)) {
      return forbid(callee.property, `the method ${name} is`, suggest(name, METHODS))
    }
    if (context.kind === 'computed' && VIEW_ONLY_METHODS.has(name)) {
      return forbid(callee.property, `${name} depends on the viewer and is`, 'use it in the View')
    }
    const object = check(callee.object)
    return {
      op: 'method',
      object,
      name,
      args: node.arguments.map((argument, index) =>
        checkArgument(argument, index === 0 && CALLBACK_METHODS.has(name)),
      ),
      optional: callee.optional || node.optional,
    }
  }

  /** A function is only ever the first argument of a method that calls it, so it never becomes a value. */
  const checkArgument = (node: acorn.Expression | acorn.SpreadElement, takesFunction: boolean): ListItem => {
    if (node.type === 'SpreadElement') return { spread: true, value: check(node.argument) }
    if (!takesFunction) return { spread: false, value: check(node) }
    if (node.type === 'ArrowFunctionExpression') return { spread: false, value: checkLambda(node) }
    const name = freeName(node)
    if (name !== null && CALLBACK_FUNCTIONS.has(name)) {
      return { spread: false, value: { op: 'callback', name } }
    }
    return { spread: false, value: check(node) }
  }

  const checkLambda = (node: acorn.ArrowFunctionExpression): ExprNode => {
    if (node.async || node.generator) return forbid(node, 'async functions are')
    if (node.body.type === 'BlockStatement') return forbid(node.body, 'a function with a block body is')
    const outer = parameters
    const inner = new Map(outer)
    const slots: number[] = []
    for (const parameter of node.params) {
      if (parameter.type !== 'Identifier') return forbid(parameter, 'a parameter other than a plain name is')
      if (parameter.name.startsWith('$')) return forbid(parameter, `the parameter name ${parameter.name} is`)
      inner.set(parameter.name, slotCount)
      slots.push(slotCount)
      slotCount += 1
    }
    parameters = inner
    const body = check(node.body)
    parameters = outer
    return { op: 'lambda', slots, body }
  }

  const checkNew = (node: acorn.NewExpression): ExprNode => {
    const [argument, ...rest] = node.arguments
    if (freeName(node.callee) !== 'Date') return forbid(node, 'new (other than new Date(value)) is')
    if (argument === undefined) {
      return forbid(node, 'new Date() without a value is', 'a result must depend on data only')
    }
    if (argument.type === 'SpreadElement' || rest.length > 0) {
      return forbid(node, 'new Date with several values is', 'use new Date(Date.UTC(…))')
    }
    return { op: 'date', value: check(argument) }
  }

  /** A name that is not a lambda's parameter. */
  const freeName = (node: acorn.Node): string | null => {
    if (node.type !== 'Identifier') return null
    const { name } = node as acorn.Identifier
    return parameters.has(name) ? null : name
  }

  return {
    check,
    isRefused: () => refused,
    reads: () => [...reads],
    scopeReads: () => [...scopeReads],
  }
}

const isOneOf = <T extends string>(known: readonly T[], value: string): value is T =>
  (known as readonly string[]).includes(value)

/** The name of `a.name` and `a['name']`; null for `a[expression]`. */
const memberName = (node: acorn.MemberExpression): string | null => {
  if (!node.computed) return staticName(node.property)
  const { property } = node
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null
}

const staticName = (node: acorn.Expression | acorn.PrivateIdentifier): string => {
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name
  return node.type === 'Literal' ? String(node.value) : ''
}

const FORBIDDEN_KINDS: Readonly<Record<string, { what: string; hint?: string }>> = {
  AssignmentExpression: { what: 'assignment is', hint: 'use a tool' },
  UpdateExpression: { what: 'changing a value is', hint: 'use a tool' },
  SequenceExpression: { what: 'the comma operator is' },
  ArrowFunctionExpression: { what: 'a function outside a method call is' },
  FunctionExpression: { what: 'function is', hint: 'write x => …' },
  ClassExpression: { what: 'class is' },
  AwaitExpression: { what: 'await is' },
  YieldExpression: { what: 'yield is' },
  ThisExpression: { what: 'this is' },
  TaggedTemplateExpression: { what: 'a tagged template is' },
  ImportExpression: { what: 'import is' },
  MetaProperty: { what: 'this is' },
}
