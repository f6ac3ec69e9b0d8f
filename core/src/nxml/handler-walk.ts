import type * as acorn from 'acorn'
import { FORBIDDEN_MEMBERS, MUTATING_METHODS } from './expressions/vocabulary.ts'
import {
  blockNames,
  childNodes,
  createScope,
  declaredNames,
  findScope,
  type HandlerScope,
  hoistedNames,
  patternNames,
} from './handler-scope.ts'
import { API_NAMES, type HandlerContext, type UseRecorder } from './handler-use.ts'

/** Methods that hand on the items of a list; what is done to their result is done to the list's state. */
const ITEM_GIVING = new Set(['find', 'findLast', 'at', 'filter', 'slice', 'pop', 'shift', 'values'])
/** Methods that call a function with each item. */
const ITEM_VISITING = new Set(['forEach', 'map', 'filter', 'find', 'findLast', 'some', 'every', 'flatMap'])

/** Goes through the code of a handler once and tells the recorder what it finds. */
export const walkHandler = (program: acorn.Program, use: UseRecorder, context: HandlerContext): void => {
  let scope: HandlerScope = createScope(null)
  let isAwaited = false

  const isFree = (name: string): boolean => findScope(scope, name) === null

  /** The sandbox object a node stands for, unless a local name hides it. */
  const apiName = (node: acorn.Node): string | null => {
    if (node.type !== 'Identifier') return null
    const { name } = node as acorn.Identifier
    return API_NAMES.has(name) && isFree(name) ? name : null
  }

  /** Notes that a local name holds a live part of a state, or that it does not. */
  const remember = (name: string, state: string | null): void => {
    findScope(scope, name)?.names.set(name, state)
  }

  /** The state whose live value an expression gives: `$state.tasks.find(…)`, or a name that was given one. */
  const liveState = (node: acorn.Node): string | null => {
    switch (node.type) {
      case 'Identifier': {
        const { name } = node as acorn.Identifier
        return findScope(scope, name)?.names.get(name) ?? null
      }
      case 'MemberExpression': {
        const member = node as acorn.MemberExpression
        return apiName(member.object) === '$state' ? memberName(member) : liveState(member.object)
      }
      case 'ChainExpression':
        return liveState((node as acorn.ChainExpression).expression)
      case 'CallExpression': {
        const { callee } = node as acorn.CallExpression
        const isItem = callee.type === 'MemberExpression' && ITEM_GIVING.has(memberName(callee) ?? '')
        return isItem ? liveState(callee.object) : null
      }
      default:
        return null
    }
  }

  // ---- walking ----

  const visit = (node: acorn.Node): void => {
    const visitor = VISITORS[node.type]
    if (visitor !== undefined) visitor(node as never)
    else visitAll(childNodes(node))
  }

  const visitAll = (nodes: readonly (acorn.Node | null | undefined)[]): void => {
    for (const node of nodes) if (node) visit(node)
  }

  const inScope = (names: Iterable<string>, visitInside: () => void): void => {
    const outer = scope
    scope = createScope(outer, names)
    visitInside()
    scope = outer
  }

  /** Below here, a call of an extension counts as awaited or not. */
  const withAwaited = (awaited: boolean, visitInside: () => void): void => {
    const outer = isAwaited
    isAwaited = awaited
    visitInside()
    isAwaited = outer
  }

  /** @param item - The state whose items the function is called with. */
  const visitFunction = (node: acorn.Function, item: string | null = null): void => {
    const own = node.type === 'FunctionExpression' && node.id ? [node.id.name] : []
    const implicit = node.type === 'ArrowFunctionExpression' ? [] : ['arguments']
    const names = [...own, ...implicit, ...node.params.flatMap(patternNames), ...hoistedNames(node.body)]
    const [first] = node.params
    // `await Promise.all(ids.map((id) => $ext.http.get(id)))` awaits what the short function gives.
    const givesToAwait = node.expression && isAwaited
    withAwaited(givesToAwait, () =>
      inScope(names, () => {
        if (first?.type === 'Identifier') remember(first.name, item)
        for (const parameter of node.params) visitPattern(parameter)
        visit(node.body)
      }),
    )
  }

  /** Default values and computed keys inside a declaration; the declared names themselves are no references. */
  const visitPattern = (pattern: acorn.Pattern): void => {
    if (pattern.type === 'AssignmentPattern') {
      visitPattern(pattern.left)
      visit(pattern.right)
    } else if (pattern.type === 'RestElement') visitPattern(pattern.argument)
    else if (pattern.type === 'ArrayPattern') {
      for (const element of pattern.elements) if (element !== null) visitPattern(element)
    } else if (pattern.type === 'ObjectPattern') visitObjectPattern(pattern, visitPattern)
    else if (pattern.type !== 'Identifier') visit(pattern)
  }

  const visitObjectPattern = (
    pattern: acorn.ObjectPattern,
    visitPart: (part: acorn.Pattern) => void,
  ): void => {
    for (const property of pattern.properties) {
      if (property.type === 'RestElement') visitPart(property.argument)
      else {
        if (property.computed) visit(property.key)
        refuseForbidden(property.key, staticKey(property))
        visitPart(property.value)
      }
    }
  }

  /** @returns whether the name was refused. */
  const refuseForbidden = (place: acorn.Node, name: string | null): boolean => {
    if (name === null || !FORBIDDEN_MEMBERS.has(name)) return false
    use.refuse('FORBIDDEN_PROPERTY', place, `${name} is not accessible`)
    return true
  }

  const visitName = (node: acorn.Identifier): void => {
    if (!isFree(node.name)) return
    if (node.name === '$state') use.useAnyState()
    else if (node.name === '$emit') use.emit(undefined)
    else if (node.name === '$view') use.findElement(undefined)
    else if (!API_NAMES.has(node.name)) use.freeName(node, node.name)
  }

  // ---- members and calls ----

  const visitMember = (node: acorn.MemberExpression): void => {
    const root = apiName(node.object)
    if (root !== null) {
      visitApiMember(node, root)
      return
    }
    visit(node.object)
    if (node.computed) visit(node.property)
    refuseForbidden(node.property, memberName(node))
  }

  const visitApiMember = (node: acorn.MemberExpression, root: string): void => {
    const name = memberName(node)
    if (name === null) {
      visit(node.property)
      if (root === '$state') use.useAnyState()
    } else if (!refuseForbidden(node.property, name)) useApi(root, node.property, name)
  }

  const useApi = (root: string, place: acorn.Node, name: string): void => {
    if (root === '$state') use.readState(place, name)
    else if (root === '$args') use.readArgument(place, name)
    else if (root === '$ext') use.useExtension(place, name)
    else if (root === '$view') use.useView(place, name)
    else if (root === '$log') use.useLog(place, name)
  }

  const visitCall = (node: acorn.CallExpression): void => {
    const { callee } = node
    const root = apiName(callee)
    if (root === '$emit') use.emit(node.arguments[0])
    else if (root !== '$log') visit(callee)
    const item = callee.type === 'MemberExpression' ? visitMethodCall(node, callee) : null
    if (callee.type === 'Identifier' && !isFree(callee.name)) noteHandedOver(node.arguments)
    for (const argument of node.arguments) {
      const isFunction = argument.type === 'ArrowFunctionExpression' || argument.type === 'FunctionExpression'
      if (isFunction && item !== null) visitFunction(argument, item)
      else visit(argument)
    }
  }

  /** A function of the handler's own may change what it is given. */
  const noteHandedOver = (values: readonly acorn.Node[]): void => {
    for (const value of values) {
      const state = liveState(value)
      if (state !== null) use.writeState(state)
    }
  }

  /** @returns the state whose items the call's function gets, if it has one. */
  const visitMethodCall = (node: acorn.CallExpression, callee: acorn.MemberExpression): string | null => {
    const name = memberName(callee) ?? ''
    if (apiName(callee.object) === '$view' && name === 'getElementById') use.findElement(node.arguments[0])
    const isExtension = callee.object.type === 'MemberExpression' && apiName(callee.object.object) === '$ext'
    if (isExtension && !isAwaited) {
      use.refuse('UNAWAITED_EXTENSION', node, 'the call of an extension is not awaited', 'write await')
    }
    const state = liveState(callee.object)
    if (state !== null && MUTATING_METHODS.has(name)) use.writeState(state)
    return ITEM_VISITING.has(name) ? state : null
  }

  // ---- writing ----

  const visitTarget = (node: acorn.Node): void => {
    if (node.type === 'MemberExpression') visitMemberTarget(node as acorn.MemberExpression)
    else if (node.type === 'Identifier') visitNameTarget(node as acorn.Identifier)
    else if (node.type === 'ObjectPattern') visitObjectPattern(node as acorn.ObjectPattern, visitTarget)
    else if (node.type === 'ArrayPattern') {
      for (const element of (node as acorn.ArrayPattern).elements) if (element !== null) visitTarget(element)
    } else if (node.type === 'RestElement') visitTarget((node as acorn.RestElement).argument)
    else if (node.type === 'AssignmentPattern') {
      visitTarget((node as acorn.AssignmentPattern).left)
      visit((node as acorn.AssignmentPattern).right)
    } else visit(node)
  }

  const visitNameTarget = (node: acorn.Identifier): void => {
    if (apiName(node) === null) visitName(node)
    else use.refuse('READONLY_WRITE', node, `${node.name} cannot be replaced`)
  }

  const visitMemberTarget = (node: acorn.MemberExpression): void => {
    const innermost = innermostMember(node)
    const root = apiName(innermost.object)
    if (root === '$args') {
      use.refuse('READONLY_WRITE', node, '$args cannot be changed')
      return
    }
    const name = root === '$state' ? memberName(innermost) : null
    if (name !== null && context.computedNames.has(name)) {
      use.readState(innermost.property, name)
      use.refuse('READONLY_WRITE', node, `"${name}" is computed and cannot be written`)
      return
    }
    const live = liveState(node)
    if (live !== null) use.writeState(live)
    if (name === null || innermost !== node) visitMember(node)
    else if (!refuseForbidden(node.property, name)) use.requireState(node.property, name)
  }

  const visitAssignment = ({ operator, left, right }: acorn.AssignmentExpression): void => {
    if (operator !== '=') noteRead(left)
    visitTarget(left)
    visit(right)
    if (operator === '=' && left.type === 'Identifier') remember(left.name, liveState(right))
  }

  /** `+=` and `++` read what they write. */
  const noteRead = (target: acorn.Node): void => {
    const state = target.type === 'MemberExpression' ? liveState(target) : null
    if (state !== null && context.stateNames.has(state)) use.readState(target, state)
  }

  const visitDelete = (argument: acorn.Node): void => {
    if (argument.type !== 'MemberExpression') {
      visit(argument)
      return
    }
    const node = argument as acorn.MemberExpression
    if (apiName(node.object) !== '$state') {
      visitMemberTarget(node)
      return
    }
    const name = memberName(node)
    if (name !== null) use.readState(node.property, name)
    use.refuse('READONLY_WRITE', node, 'states cannot be deleted')
  }

  // ---- declarations ----

  const visitDeclarator = ({ id, init }: acorn.VariableDeclarator): void => {
    visitPattern(id)
    if (!init) return
    const root = apiName(init)
    if (id.type === 'ObjectPattern' && root !== null) {
      visitApiPattern(id, root)
      return
    }
    visit(init)
    if (id.type === 'Identifier') remember(id.name, liveState(init))
  }

  /** `const { tasks, draft } = $state` names what it reads. */
  const visitApiPattern = (pattern: acorn.ObjectPattern, root: string): void => {
    for (const property of pattern.properties) {
      const name = property.type === 'Property' ? staticKey(property) : null
      if (property.type !== 'Property' || name === null) {
        if (root === '$state') use.useAnyState()
      } else if (!FORBIDDEN_MEMBERS.has(name)) {
        useApi(root, property.key, name)
        if (root === '$state' && property.value.type === 'Identifier') remember(property.value.name, name)
      }
    }
  }

  const visitLoop = (node: acorn.ForInStatement | acorn.ForOfStatement): void => {
    const { left, right, body } = node
    const names = left.type === 'VariableDeclaration' && left.kind !== 'var' ? declaredNames(left) : []
    inScope(names, () => {
      visit(right)
      if (left.type === 'VariableDeclaration') for (const { id } of left.declarations) visitPattern(id)
      else visitTarget(left)
      const [name] = left.type === 'VariableDeclaration' ? declaredNames(left) : []
      if (node.type === 'ForOfStatement' && name !== undefined) remember(name, liveState(right))
      visit(body)
    })
  }

  const visitClass = (node: acorn.Class): void =>
    inScope(node.id ? [node.id.name] : [], () => {
      visitAll([node.superClass])
      for (const member of node.body.body) {
        if (member.type === 'StaticBlock') visit(member)
        else visitAll([member.computed ? member.key : null, member.value])
      }
    })

  const forbidden = (word: string) => (node: acorn.Node) =>
    use.refuse('FORBIDDEN_SYNTAX', node, `${word} is not available in handlers`)

  const VISITORS: Readonly<Record<string, (node: never) => void>> = {
    Identifier: visitName,
    MemberExpression: visitMember,
    CallExpression: visitCall,
    Property: (node: acorn.Property) => {
      if (node.computed) visit(node.key)
      else if (staticKey(node) === '__proto__') refuseForbidden(node.key, '__proto__')
      visit(node.value)
    },
    AssignmentExpression: visitAssignment,
    UpdateExpression: ({ argument }: acorn.UpdateExpression) => {
      noteRead(argument)
      visitTarget(argument)
    },
    UnaryExpression: ({ operator, argument }: acorn.UnaryExpression) =>
      operator === 'delete' ? visitDelete(argument) : visit(argument),
    AwaitExpression: ({ argument }: acorn.AwaitExpression) => withAwaited(true, () => visit(argument)),
    ReturnStatement: ({ argument }: acorn.ReturnStatement) => withAwaited(true, () => visitAll([argument])),
    FunctionDeclaration: (node: acorn.Function) => visitFunction(node),
    FunctionExpression: (node: acorn.Function) => visitFunction(node),
    ArrowFunctionExpression: (node: acorn.Function) => visitFunction(node),
    ClassDeclaration: visitClass,
    ClassExpression: visitClass,
    BlockStatement: ({ body }: acorn.BlockStatement) => inScope(blockNames(body), () => visitAll(body)),
    StaticBlock: ({ body }: acorn.StaticBlock) => inScope(blockNames(body), () => visitAll(body)),
    SwitchStatement: ({ discriminant, cases }: acorn.SwitchStatement) => {
      visit(discriminant)
      inScope(blockNames(cases.flatMap(({ consequent }) => consequent)), () => visitAll(cases))
    },
    ForStatement: ({ init, test, update, body }: acorn.ForStatement) => {
      const names = init?.type === 'VariableDeclaration' && init.kind !== 'var' ? declaredNames(init) : []
      inScope(names, () => visitAll([init, test, update, body]))
    },
    ForInStatement: visitLoop,
    ForOfStatement: visitLoop,
    VariableDeclarator: visitDeclarator,
    CatchClause: ({ param, body }: acorn.CatchClause) =>
      inScope(param ? patternNames(param) : [], () => {
        if (param) visitPattern(param)
        visit(body)
      }),
    LabeledStatement: ({ body }: acorn.LabeledStatement) => visit(body),
    BreakStatement: () => {},
    ContinueStatement: () => {},
    DebuggerStatement: forbidden('debugger'),
    ImportDeclaration: forbidden('import'),
    ImportExpression: forbidden('import'),
    MetaProperty: (node: acorn.MetaProperty) => {
      if (node.meta.name === 'import') forbidden('import')(node)
    },
    ExportNamedDeclaration: forbidden('export'),
    ExportDefaultDeclaration: forbidden('export'),
    ExportAllDeclaration: forbidden('export'),
  }

  inScope([...blockNames(program.body), ...hoistedNames(program), 'arguments'], () => visitAll(program.body))
}

/** The member taken directly from the root of `a.b.c`. */
const innermostMember = (node: acorn.MemberExpression): acorn.MemberExpression => {
  let member = node
  while (member.object.type === 'MemberExpression') member = member.object
  return member
}

const memberName = (node: acorn.MemberExpression): string | null => {
  const { property } = node
  if (!node.computed) return property.type === 'Identifier' ? property.name : null
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null
}

const staticKey = (node: acorn.Property | acorn.AssignmentProperty): string | null => {
  const { key } = node
  if (key.type === 'Identifier') return node.computed ? null : key.name
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : null
}
