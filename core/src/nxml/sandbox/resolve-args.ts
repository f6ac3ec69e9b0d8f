import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts'
import type { CompiledArg, CompiledTool } from '../compiled-panel.ts'
import { parseBooleanWord, parseDecimal } from '../defaults.ts'
import { RunFailure } from './tool-result.ts'

/**
 * The arguments a handler sees (NXML specification 4.2): given, else the default, converted where that loses nothing.
 *
 * @param unknownArgs - What happens to arguments the tool does not declare: a View drops them, an agent is told.
 * @throws {RunFailure} `MISSING_ARGUMENT` or `INVALID_ARGUMENT`.
 */
export const resolveArgs = (
  tool: Pick<CompiledTool, 'name' | 'args'>,
  given: JsonObject,
  unknownArgs: 'drop' | 'refuse',
): JsonObject => {
  if (unknownArgs === 'refuse') refuseUnknown(tool, given)
  const resolved: JsonObject = {}
  for (const arg of tool.args) {
    const value = Object.hasOwn(given, arg.name) ? given[arg.name] : undefined
    if (value !== undefined) resolved[arg.name] = convert(value, arg)
    else if (arg.default !== undefined) resolved[arg.name] = arg.default
    else if (arg.required) {
      throw new RunFailure('MISSING_ARGUMENT', `tool "${tool.name}" needs "${arg.name}"`)
    }
  }
  return resolved
}

const refuseUnknown = (tool: Pick<CompiledTool, 'name' | 'args'>, given: JsonObject): void => {
  const unknown = Object.keys(given).find((name) => !tool.args.some((arg) => arg.name === name))
  if (unknown === undefined) return
  throw new RunFailure('INVALID_ARGUMENT', `tool "${tool.name}" has no argument "${unknown}"`)
}

const convert = (value: Json, arg: CompiledArg): Json => {
  const converted = CONVERSIONS[arg.type](value)
  if (converted !== null) return converted
  throw new RunFailure('INVALID_ARGUMENT', `"${arg.name}" must be a ${arg.type}`)
}

/** The value in the wanted type, or null when something would be lost. */
const CONVERSIONS: Readonly<Record<CompiledArg['type'], (value: Json) => Json | null>> = {
  string: (value) =>
    typeof value === 'string'
      ? value
      : typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : null,
  number: (value) => {
    if (typeof value === 'string') return parseDecimal(value)
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  },
  boolean: (value) => {
    if (typeof value === 'string') return parseBooleanWord(value)
    if (value === 1 || value === 0) return value === 1
    return typeof value === 'boolean' ? value : null
  },
  list: (value) => (Array.isArray(value) ? value : null),
  object: (value) => (isJsonObject(value) ? value : null),
}
