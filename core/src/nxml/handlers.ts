import * as acorn from 'acorn'
import type { CompiledHandler } from './compiled-panel.ts'
import type { DiagnosticCode, Report } from './diagnostics.ts'
import {
  FORBIDDEN_GLOBALS,
  FORBIDDEN_MEMBERS,
  HANDLER_GLOBALS,
  MUTATING_METHODS,
} from './expressions/vocabulary.ts'
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
import type { MappedText } from './mapped-text.ts'
import { suggest } from './names.ts'

/** What a handler's code is checked against. */
export interface HandlerContext {
  readonly report: Report
  readonly path: readonly string[]
  /** Declared states, without computed values. */
  readonly stateNames: ReadonlySet<string>
  readonly computedNames: ReadonlySet<string>
  /** Names of the tool's arguments; empty for a lifecycle hook. */
  readonly argNames: ReadonlySet<string>
  readonly toolName: string
  /** Alias → extension name. */
  readonly extensions: ReadonlyMap<string, string>
  readonly viewIds: ReadonlySet<string>
}

export type HandlerAnalysis = Pick<
  CompiledHandler,
  'reads' | 'writes' | 'dynamicState' | 'extensions' | 'emits' | 'viewIds' | 'capabilities'
> & {
  /** There is no statement in it. */
  readonly isEmpty: boolean
  /** The code does not parse, so what it uses is only guessed. */
  readonly isBroken: boolean
}

const API_NAMES = new Set(['$state', '$args', '$view', '$emit', '$ext', '$log'])
const LOG_LEVELS = new Set(['debug', 'info', 'warn', 'error'])
const NAME_HINTS: Readonly<Record<string, string>> = {
  console: 'use $log',
  $scope: 'pass loop values through args',
  $computed: 'computed values are read as $state.name',
  fetch: 'declare nexus.http and use $ext.http',
  XMLHttpRequest: 'declare nexus.http and use $ext.http',
}

/** Checks the code of one handler and finds what it reads, writes and calls (NXML specification 4.5, 4.8). */
export const analyseHandler = (code: MappedText, context: HandlerContext): HandlerAnalysis => {
  const analysis = createAnalysis(code, context)
  try {
    const program = acorn.parse(code.text, {
      ecmaVersion: 2024,
      sourceType: 'module',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    })
    return analysis.run(program)
  } catch (error) {
    reportSyntax(error, code, context)
    return guessUse(code.text)
  }
}

const reportSyntax = (error: unknown, code: MappedText, { report, path }: HandlerContext): void => {
  if (!(error instanceof Error)) throw error
  const index = 'pos' in error ? Number(error.pos) : 0
  const at = { start: code.offsetAt(index), end: code.offsetAt(index) + 1 }
  if (error instanceof RangeError) {
    return report({ code: 'HANDLER_SYNTAX', message: 'the code is nested too deeply', at, path })
  }
  if (!(error instanceof SyntaxError)) throw error
  if (/^with\b/.test(code.text.slice(index)) && error.message.includes('strict mode')) {
    return report({ code: 'FORBIDDEN_SYNTAX', message: 'with is not available in handlers', at, path })
  }
  const text = error.message.replace(/ \(\d+:\d+\)$/, '')
  const isEscaped = /&(lt|gt|amp|quot|apos);/.test(code.text)
  const hint = isEscaped ? 'character references like &lt; are not decoded in handlers' : undefined
  report({ code: 'HANDLER_SYNTAX', message: text.charAt(0).toLowerCase() + text.slice(1), hint, at, path })
}

/** Names in code that does not parse still count as used. */
const guessUse = (code: string): HandlerAnalysis => ({
  reads: [...code.matchAll(/\$state\s*\??\.\s*([A-Za-z_]\w*)/g)].map(([, name]) => name ?? ''),
  writes: [],
  dynamicState: false,
  extensions: [...code.matchAll(/\$ext\s*\.\s*([A-Za-z_]\w*)/g)].map(([, alias]) => alias ?? ''),
  emits: [],
  viewIds: [],
  capabilities: [],
  isEmpty: false,
  isBroken: true,
})

const createAnalysis = (code: MappedText, context: HandlerContext) => {
  const reads = new Set<string>()
  const writes = new Set<string>()
  const extensions = new Set<string>()
  const emits = new Set<string>()
  const viewIds = new Set<string>()
  let dynamicState = false
  let scope: HandlerScope = createScope(null)
  let insideAwait = false

  const refuse = (
    diagnostic: DiagnosticCode,
    place: Pick<acorn.Node, 'start' | 'end'>,
    message: string,
    hint?: string,
  ): void => {
    const at = { start: code.offsetAt(place.start), end: code.offsetAt(place.end) }
    context.report({ code: diagnostic, message, hint, at, path: context.path })
  }

  const isFree = (name: string): boolean => findScope(scope, name) === null

  /** The sandbox object a node stands for, unless a local name hides it. */
  const apiName = (node: acorn.Node): string | null => {
    if (node.type !== 'Identifier') return null
    const { name } = node as acorn.Identifier
    return API_NAMES.has(name) && isFree(name) ? name : null
  }

  const inScope = (names: Iterable<string>, visitInside: () => void): void => {
    const outer = scope
    scope = createScope(outer, names)
    visitInside()
    scope = outer
  }

  const visitAll = (nodes: readonly (acorn.Node | null)[]): void => {
    for (const node of nodes) if (node !== null) visit(node)
  }

  const visit = (node: acorn.Node): void => {
    const visitor = VISITORS[node.type]
    if (visitor !== undefined) visitor(node as never)
    else visitAll(childNodes(node))
  }

  const visitFunction = (node: acorn.Function): void => {
    const outerAwait = insideAwait
    insideAwait = false
    const own = node.type === 'FunctionExpression' && node.id ? [node.id.name] : []
    const names = [...own, 'arguments', ...node.params.flatMap(patternNames), ...hoistedNames(node.body)]
    inScope(
      node.type === 'ArrowFunctionExpression' ? names.filter((name) => name !== 'arguments') : names,
      () => {
        for (const parameter of node.params) visitPattern(parameter)
        visit(node.body)
      },
    )
    insideAwait = outerAwait
  }

  /** Default values and computed keys inside a declaration; the declared names themselves are no references. */
  const visitPattern = (pattern: acorn.Pattern): void => {
    switch (pattern.type) {
      case 'Identifier':
        return
      case 'AssignmentPattern':
        visitPattern(pattern.left)
        return visit(pattern.right)
      case 'RestElement':
        return visitPattern(pattern.argument)
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element !== null) visitPattern(element)
        return
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') visitPattern(property.argument)
          else {
            visitPatternKey(property)
            visitPattern(property.value)
          }
        }
        return
      default:
        visit(pattern)
    }
  }

  const visitPatternKey = (property: acorn.AssignmentProperty): void => {
    if (property.computed) visit(property.key)
    const name = staticKey(property)
    if (name !== null && FORBIDDEN_MEMBERS.has(name)) refuseMember(property.key, name)
  }

  const refuseMember = (place: acorn.Node, name: string): void =>
    refuse('FORBIDDEN_PROPERTY', place, `${name} is not accessible`)

  const visitName = (node: acorn.Identifier): void => {
    const { name } = node
    if (!isFree(name)) return
    if (API_NAMES.has(name)) {
      if (name === '$state') dynamicState = true
      if (name === '$emit') emits.add('*')
      if (name === '$view') viewIds.add('*')
      return
    }
    if (HANDLER_GLOBALS.has(name)) return
    if (FORBIDDEN_GLOBALS.has(name)) {
      return refuse('FORBIDDEN_GLOBAL', node, `${name} is not available in handlers`, NAME_HINTS[name])
    }
    refuse('UNKNOWN_GLOBAL', node, `unknown name "${name}"`, NAME_HINTS[name] ?? hintForName(name))
  }

  const hintForName = (name: string): string | undefined => {
    if (context.stateNames.has(name) || context.computedNames.has(name)) return `write $state.${name}`
    return context.argNames.has(name) ? `write $args.${name}` : undefined
  }

  const visitMember = (node: acorn.MemberExpression): void => {
    const root = apiName(node.object)
    if (root !== null) return visitApiMember(node, root)
    visit(node.object)
    const name = memberName(node)
    if (node.computed) visit(node.property)
    if (name !== null && FORBIDDEN_MEMBERS.has(name)) refuseMember(node.property, name)
  }

  const visitApiMember = (node: acorn.MemberExpression, root: string): void => {
    const name = memberName(node)
    if (name !== null && FORBIDDEN_MEMBERS.has(name)) return refuseMember(node.property, name)
    if (name === null) {
      visit(node.property)
      if (root === '$state') dynamicState = true
      return
    }
    if (root === '$state') readState(node.property, name)
    else if (root === '$args') readArgument(node.property, name)
    else if (root === '$ext') useExtension(node.property, name)
    else if (root === '$view' && name !== 'getElementById') refuseApi(node.property, root, name)
    else if (root === '$log' && !LOG_LEVELS.has(name)) refuseApi(node.property, root, name)
  }

  const refuseApi = (place: acorn.Node, root: string, name: string): void =>
    refuse(
      'UNKNOWN_API',
      place,
      `${root} has no ${name}`,
      root === '$view' ? 'use getElementById' : undefined,
    )

  const readState = (place: acorn.Node, name: string): void => {
    reads.add(name)
    requireState(place, name)
  }

  const requireState = (place: acorn.Node, name: string): void => {
    if (context.stateNames.has(name) || context.computedNames.has(name)) return
    const known = [...context.stateNames, ...context.computedNames]
    const message = `no state or computed value named "${name}"`
    refuse('UNDEFINED_STATE_REFERENCE', place, message, suggest(name, known))
  }

  const readArgument = (place: acorn.Node, name: string): void => {
    if (context.argNames.has(name)) return
    const message =
      context.toolName === ''
        ? `a lifecycle hook has no argument "${name}"`
        : `tool "${context.toolName}" has no argument "${name}"`
    refuse('UNDEFINED_ARG_REFERENCE', place, message, suggest(name, context.argNames))
  }

  const useExtension = (place: acorn.Node, alias: string): void => {
    if (context.extensions.has(alias)) {
      extensions.add(alias)
      return
    }
    const message = `no extension with alias "${alias}"`
    refuse('UNDECLARED_EXTENSION', place, message, suggest(alias, context.extensions.keys()))
  }

  const visitCall = (node: acorn.CallExpression): void => {
    const { callee } = node
    const root = apiName(callee)
    if (root === '$emit') {
      checkEvent(node)
      return visitAll(node.arguments)
    }
    if (root === '$log') return visitAll(node.arguments)
    if (callee.type === 'MemberExpression') checkMethodCall(node, callee)
    visitAll([callee, ...node.arguments])
  }

  const checkEvent = (node: acorn.CallExpression): void => {
    const [argument] = node.arguments
    const name = argument?.type === 'Literal' ? argument.value : undefined
    if (typeof name !== 'string') {
      emits.add('*')
      return
    }
    emits.add(name)
    const isValid = /^[a-z][a-z0-9_.:-]{0,63}$/.test(name) && !name.startsWith('system:')
    if (!isValid && argument !== undefined) {
      const hint = name.startsWith('system:') ? 'system: events belong to the host' : undefined
      refuse('INVALID_EVENT_NAME', argument, `"${name}" is not a valid event name`, hint)
    }
  }

  const checkMethodCall = (node: acorn.CallExpression, callee: acorn.MemberExpression): void => {
    const name = memberName(callee)
    if (apiName(callee.object) === '$view' && name === 'getElementById') checkViewId(node)
    if (
      callee.object.type === 'MemberExpression' &&
      apiName(callee.object.object) === '$ext' &&
      !insideAwait
    ) {
      refuse('UNAWAITED_EXTENSION', node, 'the call of an extension is not awaited', 'write await')
    }
    if (name !== null && MUTATING_METHODS.has(name)) {
      const state = liveState(callee.object)
      if (state !== null) writes.add(state)
    }
  }

  const checkViewId = (node: acorn.CallExpression): void => {
    const [argument] = node.arguments
    if (argument?.type !== 'Literal' || typeof argument.value !== 'string') {
      viewIds.add('*')
      return
    }
    const id = argument.value.replace(/\[.*$/, '')
    viewIds.add(id)
    if (context.viewIds.has(id)) return
    refuse('UNKNOWN_VIEW_ID', argument, `no component has the id "${id}"`, suggest(id, context.viewIds))
  }

  /** The state whose live value an expression gives: `$state.tasks.find(…)`, or a name that was given one. */
  const liveState = (node: acorn.Node): string | null => {
    if (node.type === 'Identifier') {
      const { name } = node as acorn.Identifier
      return findScope(scope, name)?.names.get(name) ?? null
    }
    if (node.type === 'MemberExpression') {
      const member = node as acorn.MemberExpression
      return apiName(member.object) === '$state' ? memberName(member) : liveState(member.object)
    }
    if (node.type === 'ChainExpression') return liveState((node as acorn.ChainExpression).expression)
    if (node.type === 'CallExpression') {
      const { callee } = node as acorn.CallExpression
      if (callee.type !== 'MemberExpression') return null
      const givesItem = ['find', 'findLast', 'at', 'filter', 'pop', 'shift'].includes(
        memberName(callee) ?? '',
      )
      return givesItem ? liveState(callee.object) : null
    }
    return null
  }

  const visitTarget = (node: acorn.Node): void => {
    if (node.type === 'MemberExpression') return visitMemberTarget(node as acorn.MemberExpression)
    if (node.type === 'Identifier') return visitNameTarget(node as acorn.Identifier)
    if (node.type === 'ObjectPattern') {
      for (const property of (node as acorn.ObjectPattern).properties) {
        if (property.type === 'RestElement') visitTarget(property.argument)
        else {
          visitPatternKey(property)
          visitTarget(property.value)
        }
      }
      return
    }
    if (node.type === 'ArrayPattern') {
      for (const element of (node as acorn.ArrayPattern).elements) if (element !== null) visitTarget(element)
      return
    }
    if (node.type === 'RestElement') return visitTarget((node as acorn.RestElement).argument)
    if (node.type === 'AssignmentPattern') {
      visitTarget((node as acorn.AssignmentPattern).left)
      return visit((node as acorn.AssignmentPattern).right)
    }
    visit(node)
  }

  const visitNameTarget = (node: acorn.Identifier): void => {
    if (!API_NAMES.has(node.name) || !isFree(node.name)) return visitName(node)
    refuse('READONLY_WRITE', node, `${node.name} cannot be replaced`)
  }

  const visitMemberTarget = (node: acorn.MemberExpression): void => {
    const { root, member } = rootOf(node)
    if (apiName(root) === '$args') return refuse('READONLY_WRITE', node, '$args cannot be changed')
    const name = apiName(root) === '$state' && member !== null ? memberName(member) : null
    if (name !== null && context.computedNames.has(name)) {
      reads.add(name)
      return refuse('READONLY_WRITE', node, `"${name}" is computed and cannot be written`)
    }
    const live = liveState(node)
    if (live !== null) writes.add(live)
    if (name === null || member !== node || member.computed) return visitMember(node)
    if (FORBIDDEN_MEMBERS.has(name)) return refuseMember(node.property, name)
    requireState(node.property, name)
  }

  const visitDelete = (argument: acorn.Node): void => {
    if (argument.type !== 'MemberExpression') return visit(argument)
    const node = argument as acorn.MemberExpression
    if (apiName(node.object) === '$state') {
      const name = memberName(node)
      if (name !== null) reads.add(name)
      return refuse('READONLY_WRITE', node, 'states cannot be deleted')
    }
    visitMemberTarget(node)
  }

  const visitDeclarator = (node: acorn.VariableDeclarator): void => {
    visitPattern(node.id)
    if (node.init === null || node.init === undefined) return
    if (node.id.type === 'ObjectPattern' && apiName(node.init) !== null) {
      return visitApiPattern(node.id, apiName(node.init) ?? '')
    }
    visit(node.init)
    if (node.id.type === 'Identifier') remember(node.id.name, liveState(node.init))
  }

  /** `const { tasks, draft } = $state` names what it reads. */
  const visitApiPattern = (pattern: acorn.ObjectPattern, root: string): void => {
    for (const property of pattern.properties) {
      const name = property.type === 'Property' ? staticKey(property) : null
      if (property.type !== 'Property' || name === null) {
        if (root === '$state') dynamicState = true
        continue
      }
      if (FORBIDDEN_MEMBERS.has(name)) continue
      if (root === '$state') readState(property.key, name)
      if (root === '$args') readArgument(property.key, name)
      if (root === '$ext') useExtension(property.key, name)
      if (root === '$state' && property.value.type === 'Identifier') remember(property.value.name, name)
    }
  }

  const remember = (name: string, state: string | null): void => {
    findScope(scope, name)?.names.set(name, state)
  }

  const visitLoop = (node: acorn.ForInStatement | acorn.ForOfStatement): void => {
    const { left } = node
    const names = left.type === 'VariableDeclaration' && left.kind !== 'var' ? declaredNames(left) : []
    inScope(names, () => {
      visit(node.right)
      if (left.type !== 'VariableDeclaration') visitTarget(left)
      else {
        for (const declarator of left.declarations) visitPattern(declarator.id)
        const [name] = names
        if (node.type === 'ForOfStatement' && name !== undefined) remember(name, liveState(node.right))
      }
      visit(node.body)
    })
  }

  const visitClass = (node: acorn.Class): void =>
    inScope(node.id ? [node.id.name] : [], () => {
      if (node.superClass) visit(node.superClass)
      for (const member of node.body.body) {
        if (member.type === 'StaticBlock') visit(member)
        else {
          if (member.computed) visit(member.key)
          if (member.value) visit(member.value)
        }
      }
    })

  const forbidSyntax = (node: acorn.Node, word: string): void =>
    refuse('FORBIDDEN_SYNTAX', node, `${word} is not available in handlers`)

  const visitProperty = (node: acorn.Property): void => {
    if (node.computed) visit(node.key)
    else if (staticKey(node) === '__proto__') refuseMember(node.key, '__proto__')
    visit(node.value)
  }

  const VISITORS: Readonly<Record<string, (node: never) => void>> = {
    Identifier: visitName,
    MemberExpression: visitMember,
    CallExpression: visitCall,
    Property: visitProperty,
    AssignmentExpression: (node: acorn.AssignmentExpression) => {
      if (node.operator !== '=' && node.left.type === 'MemberExpression') markCompoundRead(node.left)
      visitTarget(node.left)
      visit(node.right)
    },
    UpdateExpression: (node: acorn.UpdateExpression) => {
      if (node.argument.type === 'MemberExpression') markCompoundRead(node.argument)
      visitTarget(node.argument)
    },
    UnaryExpression: (node: acorn.UnaryExpression) =>
      node.operator === 'delete' ? visitDelete(node.argument) : visit(node.argument),
    AwaitExpression: (node: acorn.AwaitExpression) => {
      const outer = insideAwait
      insideAwait = true
      visit(node.argument)
      insideAwait = outer
    },
    ReturnStatement: (node: acorn.ReturnStatement) => {
      const outer = insideAwait
      insideAwait = true
      if (node.argument) visit(node.argument)
      insideAwait = outer
    },
    FunctionDeclaration: visitFunction,
    FunctionExpression: visitFunction,
    ArrowFunctionExpression: visitFunction,
    ClassDeclaration: visitClass,
    ClassExpression: visitClass,
    BlockStatement: (node: acorn.BlockStatement) => inScope(blockNames(node.body), () => visitAll(node.body)),
    StaticBlock: (node: acorn.StaticBlock) => inScope(blockNames(node.body), () => visitAll(node.body)),
    SwitchStatement: (node: acorn.SwitchStatement) => {
      visit(node.discriminant)
      inScope(blockNames(node.cases.flatMap((each) => each.consequent)), () => visitAll(node.cases))
    },
    ForStatement: (node: acorn.ForStatement) => {
      const { init } = node
      const names = init?.type === 'VariableDeclaration' && init.kind !== 'var' ? declaredNames(init) : []
      inScope(names, () => visitAll([init ?? null, node.test ?? null, node.update ?? null, node.body]))
    },
    ForInStatement: visitLoop,
    ForOfStatement: visitLoop,
    VariableDeclarator: visitDeclarator,
    CatchClause: (node: acorn.CatchClause) =>
      inScope(node.param ? patternNames(node.param) : [], () => {
        if (node.param) visitPattern(node.param)
        visit(node.body)
      }),
    LabeledStatement: (node: acorn.LabeledStatement) => visit(node.body),
    BreakStatement: () => {},
    ContinueStatement: () => {},
    DebuggerStatement: (node: acorn.Node) => forbidSyntax(node, 'debugger'),
    ImportDeclaration: (node: acorn.Node) => forbidSyntax(node, 'import'),
    ImportExpression: (node: acorn.Node) => forbidSyntax(node, 'import'),
    MetaProperty: (node: acorn.MetaProperty) => {
      if (node.meta.name === 'import') forbidSyntax(node, 'import')
    },
    ExportNamedDeclaration: (node: acorn.Node) => forbidSyntax(node, 'export'),
    ExportDefaultDeclaration: (node: acorn.Node) => forbidSyntax(node, 'export'),
    ExportAllDeclaration: (node: acorn.Node) => forbidSyntax(node, 'export'),
  }

  const markCompoundRead = (target: acorn.MemberExpression): void => {
    const state = liveState(target)
    if (state !== null) reads.add(state)
  }

  const run = (program: acorn.Program): HandlerAnalysis => {
    const names = [...blockNames(program.body), ...hoistedNames(program), 'arguments']
    inScope(names, () => visitAll(program.body))
    return {
      reads: [...reads].filter((name) => context.stateNames.has(name) || context.computedNames.has(name)),
      writes: [...writes].filter((name) => context.stateNames.has(name)),
      dynamicState,
      extensions: [...extensions],
      emits: [...emits],
      viewIds: [...viewIds],
      capabilities: capabilities(),
      isEmpty: program.body.length === 0,
      isBroken: false,
    }
  }

  const capabilities = (): string[] => {
    const stateReads = dynamicState ? ['*'] : [...reads]
    const stateWrites = dynamicState ? ['*'] : [...writes]
    return [
      ...stateReads.map((name) => `state:read:${name}`),
      ...stateWrites.map((name) => `state:write:${name}`),
      ...[...emits].map((name) => `events:emit:${name}`),
      ...[...viewIds].map((id) => `view:update:${id}`),
      ...[...extensions].map((alias) => `ext:${context.extensions.get(alias) ?? alias}`),
    ]
  }

  return { run }
}

/** The innermost object of `a.b.c`, and the member taken directly from it. */
const rootOf = (
  node: acorn.MemberExpression,
): { root: acorn.Node; member: acorn.MemberExpression | null } => {
  let member = node
  while (member.object.type === 'MemberExpression') member = member.object
  return { root: member.object, member }
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
