import { findIdentityFields, orderComputed, type UnorderedComputed } from './analysis.ts'
import type { Compilation, CompiledHandler, CompiledPanel, CompiledState } from './compiled-panel.ts'
import type { DeclaredComputed, DeclaredTool, Outline } from './declarations.ts'
import { type Problem, type Report, toDiagnostics } from './diagnostics.ts'
import { parseExpression } from './expressions/parse.ts'
import { readHandlerTimeout } from './handler-timeout.ts'
import type { HandlerContext } from './handler-use.ts'
import { analyseHandler } from './handlers.ts'
import { MAX_SOURCE_BYTES } from './limits.ts'
import { mentionedNames } from './mentions.ts'
import { readOutline } from './outline.ts'
import { type ElementNode, parseSource } from './parse.ts'
import { createLocator, type Locate } from './positions.ts'
import { compileView } from './view.ts'

interface CompileOptions {
  /** Names of the extensions this host offers; others are warned about. */
  readonly extensions?: readonly string[]
}

/** Compiles without the cache; see `compilePanel`. */
export const compileSource = (source: string, { extensions = [] }: CompileOptions = {}): Compilation => {
  const problems: Problem[] = []
  const panel = compile(source, { report: (problem) => problems.push(problem), offered: new Set(extensions) })
  const diagnostics = toDiagnostics(source, problems)
  const isValid = panel !== null && diagnostics.every(({ severity }) => severity !== 'error')
  return isValid ? { state: 'valid', panel, diagnostics } : { state: 'invalid', diagnostics }
}

interface Compiling {
  readonly report: Report
  readonly offered: ReadonlySet<string>
}

/** The panel, even when problems were reported; null when there is nothing to go on with. */
const compile = (source: string, { report, offered }: Compiling): CompiledPanel | null => {
  const root = readRoot(source, report)
  if (root === null) return null
  const outline = readOutline(root, report)
  const locate = createLocator(source)
  const use = createUse(outline)
  const computed = compileComputed(outline, { locate, report, use })
  const view = compileView(outline.viewRoot, {
    locate,
    report,
    states: new Map(outline.states.map((state) => [state.name, state])),
    computed: new Map(outline.computed.map((value) => [value.name, value])),
    stateNames: use.stateNames,
    tools: new Map(outline.tools.map((tool) => [tool.name, tool])),
    useState: use.state,
    useTool: use.tool,
    refuse: use.mentions,
  })
  for (const element of outline.refused) use.mentions(element)
  const handlers = compileHandlers(outline, { locate, report, use, viewIds: view.ids })
  reportUnused(outline, { report, use, offered })
  const states = outline.states.map(
    ({ nameSpan, hasValidName: _, ...state }): CompiledState => ({ ...state, loc: locate(nameSpan) }),
  )
  const lists = new Set(states.filter(({ type }) => type === 'list').map(({ name }) => name))
  return {
    meta: outline.meta,
    states,
    computed,
    ...handlers,
    extensions: outline.extensions.map(({ at, ...extension }) => ({ ...extension, loc: locate(at) })),
    view: view.root,
    identityFields: findIdentityFields(view.root, lists, computed),
  }
}

const readRoot = (source: string, report: Report): ElementNode | null => {
  const byteLength = new TextEncoder().encode(source).length
  if (byteLength > MAX_SOURCE_BYTES) {
    const format = (bytes: number): string => bytes.toLocaleString('en')
    const message = `${format(byteLength)} bytes; at most ${format(MAX_SOURCE_BYTES)}`
    report({ code: 'SOURCE_TOO_LARGE', message, at: { start: 0, end: 0 } })
    return null
  }
  const parsed = parseSource(source)
  if (parsed.state === 'failed') {
    report(parsed.problem)
    return null
  }
  const { root } = parsed
  if (root.name === 'NexusPanel') return root
  const message = `the root element must be <NexusPanel>, found <${root.name}>`
  report({ code: 'INVALID_ROOT', message, at: root.nameSpan })
  return null
}

/** Which names the definition uses, gathered over all stages. */
interface Use {
  readonly stateNames: ReadonlySet<string>
  readonly usedStates: ReadonlySet<string>
  readonly usedTools: ReadonlySet<string>
  readonly usedExtensions: ReadonlySet<string>
  state(name: string): void
  allStates(): void
  tool(name: string): void
  extension(alias: string): void
  /** Everything a refused part mentions. */
  mentions(element: ElementNode): void
}

const createUse = ({ states, computed }: Outline): Use => {
  const usedStates = new Set<string>()
  const usedTools = new Set<string>()
  const usedExtensions = new Set<string>()
  const stateNames = new Set([...states, ...computed].map(({ name }) => name))
  return {
    stateNames,
    usedStates,
    usedTools,
    usedExtensions,
    state: (name) => usedStates.add(name),
    allStates: () => {
      for (const name of stateNames) usedStates.add(name)
    },
    tool: (name) => usedTools.add(name),
    extension: (alias) => usedExtensions.add(alias),
    mentions: (element) => {
      const { states: mentioned, tools } = mentionedNames(element)
      for (const name of mentioned) usedStates.add(name)
      for (const name of tools) usedTools.add(name)
    },
  }
}

interface Stage {
  readonly locate: Locate
  readonly report: Report
  readonly use: Use
}

const compileComputed = (outline: Outline, stage: Stage): CompiledPanel['computed'] => {
  const locals = outline.states.filter(({ scope }) => scope === 'local').map(({ name }) => name)
  const values = outline.computed.flatMap((declared) => compileOneComputed(declared, stage))
  return orderComputed(values, new Set(locals), stage.report)
}

const compileOneComputed = (
  { name, nameSpan, value, description }: DeclaredComputed,
  { locate, report, use }: Stage,
): UnorderedComputed[] => {
  if (value === null) return []
  const context = {
    kind: 'computed' as const,
    locate,
    stateNames: use.stateNames,
    scopeNames: new Set<string>(),
    report,
    path: ['data', name, 'value'],
    use: use.state,
  }
  const expr = parseExpression(value.value, { start: 0, end: value.value.text.length }, context)
  if (expr === null) return []
  const loc = locate(nameSpan)
  return [
    { name, nameSpan, expr, reads: expr.reads, loc, ...(description === undefined ? {} : { description }) },
  ]
}

const compileHandlers = (
  outline: Outline,
  stage: Stage & { viewIds: ReadonlySet<string> },
): Pick<CompiledPanel, 'tools' | 'lifecycles'> => {
  const { locate } = stage
  const tools = outline.tools.map((tool) => ({
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    args: tool.args,
    handler: compileHandler(tool.handler, { outline, stage, tool, path: ['logic', tool.name, 'handler'] }),
    loc: locate(tool.nameSpan),
  }))
  const lifecycles = outline.lifecycles.map(({ on, at, handler }) => ({
    on,
    handler: compileHandler(handler, { outline, stage, tool: null, path: ['logic', on, 'handler'] }),
    loc: locate(at),
  }))
  return { tools, lifecycles }
}

const compileHandler = (
  element: ElementNode | null,
  {
    outline,
    stage,
    tool,
    path,
  }: {
    outline: Outline
    stage: Stage & { viewIds: ReadonlySet<string> }
    tool: DeclaredTool | null
    path: readonly string[]
  },
): CompiledHandler => {
  const { locate, report, use, viewIds } = stage
  const code = element?.code
  if (element === null || code === undefined) return NO_HANDLER
  const context: HandlerContext = {
    report,
    path,
    stateNames: new Set(outline.states.map(({ name }) => name)),
    computedNames: new Set(outline.computed.map(({ name }) => name)),
    argNames: new Set(tool?.args.map(({ name }) => name) ?? []),
    toolName: tool?.name ?? '',
    extensions: new Map(outline.extensions.map(({ alias, name }) => [alias, name])),
    viewIds,
  }
  const { isEmpty, ...analysis } = analyseHandler(code, context)
  for (const name of [...analysis.reads, ...analysis.writes]) use.state(name)
  for (const alias of analysis.extensions) use.extension(alias)
  if (analysis.dynamicState) use.allStates()
  if (isEmpty) {
    const owner = tool === null ? 'a lifecycle hook' : `"${tool.name}"`
    report({ code: 'EMPTY_HANDLER', message: `the handler of ${owner} is empty`, at: element.nameSpan, path })
  }
  const span = { start: code.offsetAt(0), end: code.offsetAt(code.text.length) }
  const timeoutMs = readHandlerTimeout(element, { report, path })
  return { code: code.text, loc: locate(span), timeoutMs, ...analysis }
}

/** Stands in for a handler that is missing; the panel is invalid then. */
const NO_HANDLER: CompiledHandler = {
  code: '',
  loc: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
  timeoutMs: 0,
  reads: [],
  writes: [],
  dynamicState: false,
  extensions: [],
  emits: [],
  viewIds: [],
  capabilities: [],
}

const reportUnused = (
  { states, computed, tools, extensions, lifecycles }: Outline,
  { report, use, offered }: { report: Report; use: Use; offered: ReadonlySet<string> },
): void => {
  for (const { name, nameSpan: at, hasValidName } of [...states, ...computed]) {
    if (!hasValidName || use.usedStates.has(name)) continue
    report({ code: 'UNUSED_STATE', message: `state "${name}" is never used`, at, path: ['data', name] })
  }
  for (const { name, nameSpan: at, hasValidName } of tools) {
    if (!hasValidName || use.usedTools.has(name)) continue
    const message = `no component triggers "${name}"; only agents can call it`
    report({ code: 'UNUSED_TOOL', message, at, path: ['logic', name] })
  }
  for (const { name, alias, at } of extensions) {
    if (!use.usedExtensions.has(alias)) {
      report({ code: 'UNUSED_EXTENSION', message: `extension "${alias}" is never used`, at })
    }
    if (offered.size > 0 && !offered.has(name)) {
      report({ code: 'UNKNOWN_EXTENSION', message: `the host does not offer "${name}"`, at })
    }
  }
  const [first] = extensions
  if (first !== undefined && !lifecycles.some(({ on }) => on === 'mount')) {
    const message = 'extensions are declared, but there is no mount hook'
    report({ code: 'NO_MOUNT_WITH_EXTENSIONS', message, at: first.at })
  }
}
