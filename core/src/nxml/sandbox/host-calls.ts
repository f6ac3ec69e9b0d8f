import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts'
import type { CompiledPanel } from '../compiled-panel.ts'
import { evaluateExpression } from '../expressions/evaluate.ts'
import { toJsonValue } from '../expressions/json-value.ts'
import { isEventName } from '../handler-use.ts'
import type { ExtensionCall } from './extensions.ts'
import {
  MAX_API_CALLS,
  MAX_EVENT_CHARACTERS,
  MAX_EVENTS,
  MAX_LOG_CHARACTERS,
  MAX_LOG_ENTRIES,
  MAX_VIEW_COMMANDS,
} from './run-limits.ts'
import { type LogEntry, RunFailure, type ToolEvent, type ViewCommand } from './tool-result.ts'

/** Everything a handler may ask of the host, counted and checked. */
export interface HostCalls {
  readonly events: ToolEvent[]
  readonly viewCommands: ViewCommand[]
  /** Answers one call with JSON text: `{ value }` or `{ code, message }`. Never throws. */
  answer(kind: string, payload: string): string
  /** The extension calls made since the last time. */
  takeExtensionCalls(): ExtensionCall[]
}

export const createHostCalls = (panel: CompiledPanel, log?: (entry: LogEntry) => void): HostCalls => {
  const events: ToolEvent[] = []
  const viewCommands: ViewCommand[] = []
  let extensionCalls: ExtensionCall[] = []
  let callCount = 0
  let logCount = 0

  const HANDLERS: Readonly<Record<string, (payload: JsonObject) => Json>> = {
    computed: ({ name, state }) =>
      deriveValue(panel, String(name), isJsonObject(state ?? null) ? (state as JsonObject) : {}),
    emit: ({ name, payload = null }) => {
      requireRoom(events.length, MAX_EVENTS, 'events')
      events.push({ name: checkEventName(String(name)), payload: checkPayload(payload) })
      return null
    },
    view: ({ id, kind, args }) => {
      requireRoom(viewCommands.length, MAX_VIEW_COMMANDS, 'view commands')
      const list = Array.isArray(args) ? args : []
      viewCommands.push({ id: String(id), kind: kind === 'call' ? 'call' : 'setProp', args: list })
      return null
    },
    log: ({ level, message }) => {
      logCount += 1
      requireRoom(logCount - 1, MAX_LOG_ENTRIES, 'log entries')
      log?.({ level: toLevel(level), message: String(message).slice(0, MAX_LOG_CHARACTERS) })
      return null
    },
    extension: ({ id, alias, method, args }) => {
      const list = Array.isArray(args) ? args : []
      extensionCalls.push({ id: Number(id), alias: String(alias), method: String(method), args: list })
      return null
    },
  }

  const answer = (kind: string, payload: string): string => {
    try {
      callCount += 1
      requireRoom(callCount - 1, MAX_API_CALLS, 'calls of the sandbox')
      const handle = Object.hasOwn(HANDLERS, kind) ? HANDLERS[kind] : undefined
      if (handle === undefined) throw new RunFailure('INTERNAL_ERROR', `unknown call ${kind}`)
      return JSON.stringify({ value: handle(JSON.parse(payload)) })
    } catch (error) {
      const { code, message } =
        error instanceof RunFailure ? error : new RunFailure('INTERNAL_ERROR', String(error))
      return JSON.stringify({ code, message })
    }
  }

  return {
    events,
    viewCommands,
    answer,
    takeExtensionCalls: () => {
      const taken = extensionCalls
      extensionCalls = []
      return taken
    },
  }
}

const requireRoom = (used: number, max: number, what: string): void => {
  if (used >= max) throw new RunFailure('RESOURCE_LIMIT', `more than ${max} ${what} in one run`)
}

/** One computed value over the state of a run; `null` when it has none. */
const deriveValue = (panel: CompiledPanel, name: string, state: JsonObject): Json => {
  const known = new Map<string, unknown>()
  const read = (key: string): unknown => {
    if (Object.hasOwn(state, key)) return state[key]
    if (!known.has(key)) {
      const expr = panel.computed.find((computed) => computed.name === key)?.expr
      known.set(key, expr === undefined ? undefined : evaluateExpression(expr, { state: read, scope: {} }))
    }
    return known.get(key)
  }
  return toJsonValue(read(name)) ?? null
}

const checkEventName = (name: string): string => {
  if (isEventName(name)) return name
  throw new RunFailure('INVALID_EVENT_NAME', `"${name.slice(0, 80)}" is not a valid event name`)
}

const checkPayload = (payload: Json): Json => {
  if (JSON.stringify(payload).length <= MAX_EVENT_CHARACTERS) return payload
  throw new RunFailure(
    'RESOURCE_LIMIT',
    `the payload of an event is larger than ${MAX_EVENT_CHARACTERS} characters`,
  )
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

const toLevel = (level: Json | undefined): LogEntry['level'] =>
  LEVELS.find((known) => known === level) ?? 'info'
