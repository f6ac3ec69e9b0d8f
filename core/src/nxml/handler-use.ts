import type * as acorn from 'acorn'
import type { CompiledHandler } from './compiled-panel.ts'
import type { DiagnosticCode, Report } from './diagnostics.ts'
import { FORBIDDEN_GLOBALS, HANDLER_GLOBALS } from './expressions/vocabulary.ts'
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
  /** Empty for a lifecycle hook. */
  readonly toolName: string
  /** Alias → extension name. */
  readonly extensions: ReadonlyMap<string, string>
  readonly viewIds: ReadonlySet<string>
}

/** The result of analysing a handler (NXML specification 4.8). */
export type HandlerUse = Pick<
  CompiledHandler,
  'reads' | 'writes' | 'dynamicState' | 'extensions' | 'emits' | 'viewIds' | 'capabilities'
>

export const API_NAMES: ReadonlySet<string> = new Set(['$state', '$args', '$view', '$emit', '$ext', '$log'])
const LOG_LEVELS = new Set(['debug', 'info', 'warn', 'error'])

const NAME_HINTS: Readonly<Record<string, string>> = {
  console: 'use $log',
  $scope: 'pass loop values through args',
  $computed: 'computed values are read as $state.name',
  fetch: 'declare nexus.http and use $ext.http',
  XMLHttpRequest: 'declare nexus.http and use $ext.http',
}

type Place = Pick<acorn.Node, 'start' | 'end'>

/** Writes down what a handler uses, and reports what it may not use. */
export interface UseRecorder {
  refuse(code: DiagnosticCode, place: Place, message: string, hint?: string): void
  readState(place: Place, name: string): void
  /** A state is written; its name has been checked. */
  writeState(name: string): void
  /** Reports a name that is no state; reading or writing alike. */
  requireState(place: Place, name: string): void
  /** `$state[expression]`, or `$state` as a whole. */
  useAnyState(): void
  readArgument(place: Place, name: string): void
  useExtension(place: Place, alias: string): void
  useLog(place: Place, member: string): void
  useView(place: Place, member: string): void
  /** The first argument of `$emit`, if it is there. */
  emit(argument: acorn.Node | undefined): void
  /** The argument of `$view.getElementById`. */
  findElement(argument: acorn.Node | undefined): void
  /** A name the handler does not declare and that is none of the sandbox objects. */
  freeName(place: Place, name: string): void
  result(): HandlerUse
}

export const createUseRecorder = (code: MappedText, context: HandlerContext): UseRecorder => {
  const reads = new Set<string>()
  const writes = new Set<string>()
  const extensions = new Set<string>()
  const emits = new Set<string>()
  const viewIds = new Set<string>()
  let dynamicState = false

  const refuse: UseRecorder['refuse'] = (diagnostic, place, message, hint) => {
    const at = { start: code.offsetAt(place.start), end: code.offsetAt(place.end) }
    context.report({ code: diagnostic, message, hint, at, path: context.path })
  }

  const requireState = (place: Place, name: string): void => {
    if (context.stateNames.has(name) || context.computedNames.has(name)) return
    const known = [...context.stateNames, ...context.computedNames]
    const message = `no state or computed value named "${name}"`
    refuse('UNDEFINED_STATE_REFERENCE', place, message, suggest(name, known))
  }

  const hintForName = (name: string): string | undefined => {
    if (context.stateNames.has(name) || context.computedNames.has(name)) return `write $state.${name}`
    return context.argNames.has(name) ? `write $args.${name}` : NAME_HINTS[name]
  }

  const capabilities = (): string[] => [
    ...(dynamicState ? ['*'] : [...reads]).map((name) => `state:read:${name}`),
    ...(dynamicState ? ['*'] : [...writes]).map((name) => `state:write:${name}`),
    ...[...emits].map((name) => `events:emit:${name}`),
    ...[...viewIds].map((id) => `view:update:${id}`),
    ...[...extensions].map((alias) => `ext:${context.extensions.get(alias) ?? alias}`),
  ]

  return {
    refuse,
    requireState,
    readState(place, name) {
      reads.add(name)
      requireState(place, name)
    },
    writeState: (name) => {
      writes.add(name)
    },
    useAnyState: () => {
      dynamicState = true
    },
    readArgument(place, name) {
      if (context.argNames.has(name)) return
      const owner = context.toolName === '' ? 'a lifecycle hook' : `tool "${context.toolName}"`
      const message = `${owner} has no argument "${name}"`
      refuse('UNDEFINED_ARG_REFERENCE', place, message, suggest(name, context.argNames))
    },
    useExtension(place, alias) {
      if (context.extensions.has(alias)) {
        extensions.add(alias)
        return
      }
      const message = `no extension with alias "${alias}"`
      refuse('UNDECLARED_EXTENSION', place, message, suggest(alias, context.extensions.keys()))
    },
    useLog(place, member) {
      if (!LOG_LEVELS.has(member)) refuse('UNKNOWN_API', place, `$log has no ${member}`)
    },
    useView(place, member) {
      if (member === 'getElementById') return
      refuse('UNKNOWN_API', place, `$view has no ${member}`, 'use getElementById')
    },
    emit(argument) {
      const name = literalText(argument)
      emits.add(name ?? '*')
      if (argument === undefined || name === null || isEventName(name)) return
      const hint = name.startsWith('system:') ? 'system: events belong to the host' : undefined
      refuse('INVALID_EVENT_NAME', argument, `"${name}" is not a valid event name`, hint)
    },
    findElement(argument) {
      const text = literalText(argument)
      // `row[t42]` is one row of the component `row`.
      const id = text === null ? '*' : text.replace(/\[.*$/, '')
      viewIds.add(id)
      if (argument === undefined || text === null || context.viewIds.has(id)) return
      refuse('UNKNOWN_VIEW_ID', argument, `no component has the id "${id}"`, suggest(id, context.viewIds))
    },
    freeName(place, name) {
      if (HANDLER_GLOBALS.has(name)) return
      if (FORBIDDEN_GLOBALS.has(name)) {
        refuse('FORBIDDEN_GLOBAL', place, `${name} is not available in handlers`, NAME_HINTS[name])
      } else refuse('UNKNOWN_GLOBAL', place, `unknown name "${name}"`, hintForName(name))
    },
    result: () => ({
      reads: [...reads].filter((name) => context.stateNames.has(name) || context.computedNames.has(name)),
      writes: [...writes].filter((name) => context.stateNames.has(name)),
      dynamicState,
      extensions: [...extensions],
      emits: [...emits],
      viewIds: [...viewIds],
      capabilities: capabilities(),
    }),
  }
}

/** Names a handler may emit; those of the host are its own (4.5). */
export const isEventName = (name: string): boolean =>
  /^[a-z][a-z0-9_.:-]{0,63}$/.test(name) && !name.startsWith('system:')

const literalText = (node: acorn.Node | undefined): string | null => {
  if (node?.type !== 'Literal') return null
  const { value } = node as acorn.Literal
  return typeof value === 'string' ? value : null
}
