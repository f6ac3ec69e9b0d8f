import type { Json, JsonObject } from '@nexus/core'
import { jsonEquals } from '@nexus/core/document'
import { toLine } from './commit-message.ts'
import { describeList } from './describe-list.ts'

const KEY_CHARS = 24

/**
 * What became of a panel's state, in phrases such as `3 tasks added`, `1 done` and `text edited`; none when it is the
 * same. Pure, and the same everywhere.
 */
export function describeState(before: JsonObject, after: JsonObject): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key) =>
    memberChanges(wordOf(key), { was: memberOf(before, key), is: memberOf(after, key) }),
  )
}

/** A key as a word of a sentence; it may be anything. */
const wordOf = (key: string): string => toLine(key, KEY_CHARS) || 'a value'

const memberOf = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

function memberChanges(word: string, { was, is }: { was: Json | undefined; is: Json | undefined }): string[] {
  if (is === undefined) return was === undefined ? [] : [`${word} removed`]
  if (Array.isArray(is) && (was === undefined ? is.length > 0 : Array.isArray(was))) {
    const former = Array.isArray(was) ? was : []
    return jsonEquals(former, is) ? [] : describeList(word, former, is)
  }
  if (was === undefined) return [`${word} added`]
  if (jsonEquals(was, is)) return []
  return [`${word} ${typeof is === 'string' ? 'edited' : 'changed'}`]
}
