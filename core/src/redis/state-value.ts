import { isJsonObject } from '../model/json.ts'
import type { SavedMoment, StateAtVersion } from '../ports/state-cache.ts'

/** Names the content in Redis; asked for another one it has nothing. */
export const momentField = ({ version, updatedAt }: SavedMoment): string =>
  `${version}@${updatedAt.getTime()}`

/** The source as one line of JSON, then the state's JSON text as it is: it is sent on without being printed anew. */
export const encodeState = ({ source, json }: StateAtVersion): string => `${JSON.stringify(source)}\n${json}`

/** @returns `null` for what {@link encodeState} has not made: anybody can write into Redis, and a program can be cut off. */
export function parseState(value: string, { version, updatedAt }: SavedMoment): StateAtVersion | null {
  const end = value.indexOf('\n')
  const source = parseJson(value.slice(0, Math.max(end, 0)))
  const json = value.slice(end + 1)
  const panel = parseJson(json)
  if (source !== null && typeof source !== 'string') return null
  if (!isJsonObject(panel) || !isJsonObject(panel.$state) || !isJsonObject(panel.$computed)) return null
  return { version, updatedAt, json, source }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
