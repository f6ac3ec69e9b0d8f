import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { toVersion } from '../model/version.ts'
import { createRandom } from '../testkit/random.ts'
import { applyJsonPatch } from './apply-json-patch.ts'
import { createBlame } from './blame.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { observeJsonPatch } from './observe-json-patch.ts'
import { parsePointer } from './pointer.ts'
import { panelJson } from './read-state.ts'
import { FREE_FORM_MODEL } from './shape.ts'

function blameOf(...versions: JsonPatchOperation[][]) {
  const blame = createBlame()
  for (const [index, patch] of versions.entries()) blame.note(toVersion(index + 1), patch)
  const at = (pointer = '/$state') =>
    [...(blame.below(parsePointer(pointer) ?? []) ?? [])].map((value) => [value.pointer, value.version])
  return { blame, at }
}

const add = (path: string, value: Json): JsonPatchOperation => ({ op: 'add', path: `/$state${path}`, value })
const replace = (path: string, value: Json): JsonPatchOperation => ({
  op: 'replace',
  path: `/$state${path}`,
  value,
})
const remove = (path: string): JsonPatchOperation => ({ op: 'remove', path: `/$state${path}` })

describe('createBlame', () => {
  test('[DOC48] how much it holds follows what there is', () => {
    const { blame } = blameOf([add('/list', [{ id: 1 }, 2])])
    // The root, $computed, $state, the list, its object, that one's member, and the number.
    expect(blame.count()).toBe(7)
    blame.note(toVersion(2), [remove('/list/0')])
    expect(blame.count()).toBe(5)
    expect(createBlame().count()).toBe(0)
  })

  test('[DOC48] every value names the version that last set it', () => {
    const { at } = blameOf(
      [add('/title', 'a'), add('/list', [{ id: 1, done: false }])],
      [replace('/list/0/done', true)],
      [add('/list/0', { id: 2, done: false })],
    )
    expect(at()).toEqual([
      ['/$state/list/0/done', 3],
      ['/$state/list/0/id', 3],
      ['/$state/list/1/done', 2],
      ['/$state/list/1/id', 1],
      ['/$state/title', 1],
    ])
    expect(at('/$state/list/1')).toEqual([
      ['/$state/list/1/done', 2],
      ['/$state/list/1/id', 1],
    ])
  })

  test('[DOC48] what was made empty was set by what made it so', () => {
    const { at } = blameOf(
      [add('/map', { a: 1 }), add('/list', [1])],
      [remove('/map/a')],
      [remove('/list/0')],
    )
    expect(at()).toEqual([
      ['/$state/list', 3],
      ['/$state/map', 2],
    ])
  })

  test('[DOC48] where nothing is there is nothing to blame', () => {
    const { blame } = blameOf([add('/a', 1)])
    expect(blame.below(['$state', 'b'])).toBeNull()
    expect(blame.below(['$state', 'a', 'b'])).toBeNull()
    expect(createBlame().below(['$state'])).toBeNull()
  })

  test('[DOC48] keys that need escaping, and __proto__, are places like any other', () => {
    const { at } = blameOf([add('/a~1b', 1), add('/__proto__', { x: 1 })], [replace('/a~1b', 2)])
    expect(at()).toEqual([
      ['/$state/__proto__/x', 1],
      ['/$state/a~1b', 2],
    ])
  })

  test('[DOC48] random edits: the places are those of the JSON, and each was last changed at its version', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = createRandom(seed)
      const doc = new Y.Doc()
      const blame = createBlame()
      const shown: Json[] = []
      let patch: JsonPatchOperation[] = []
      observeJsonPatch(doc, FREE_FORM_MODEL, (made) => {
        patch = made
      })
      for (let version = 1; version <= 40; version += 1) {
        patch = []
        applyJsonPatch(doc, FREE_FORM_MODEL, [
          randomOperation(random.below, panelJson(doc, FREE_FORM_MODEL).$state),
        ])
        blame.note(toVersion(version), patch)
        shown.push(structuredClone(panelJson(doc, FREE_FORM_MODEL)))
      }
      const values = [...(blame.below(['$state']) ?? [])]
      expect(values.map(({ pointer }) => pointer)).toEqual(
        [...leavesOf(shown.at(-1) ?? null, '')].filter(isState),
      )
      for (const { pointer, version } of values) {
        if (/\/\d+(\/|$)/.test(pointer)) continue
        // Outside of lists a place does not move: it has been as it is since that version, and was not before.
        const now = valueAt(shown.at(-1) ?? null, pointer)
        for (let at: number = version; at <= 40; at += 1)
          expect(valueAt(shown[at - 1] ?? null, pointer)).toEqual(now)
      }
    }
  })
})

const isState = (pointer: string) => pointer.startsWith('/$state')

function randomOperation(below: (count: number) => number, state: Record<string, Json>): JsonPatchOperation {
  const key = 'abc'[below(3)] ?? 'a'
  const here = state[key]
  if (Array.isArray(here) && here.length > 0 && below(3) > 0) {
    const at = below(here.length)
    return below(2) === 0 ? remove(`/${key}/${at}`) : add(`/${key}/${at}`, below(9))
  }
  if (here !== undefined && below(4) === 0) return remove(`/${key}`)
  return add(`/${key}`, [below(9), { x: below(3), y: { z: below(2) } }, [below(3), below(3)]][below(3)] ?? 0)
}

function* leavesOf(value: Json, pointer: string): Generator<string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (entries.length === 0) yield pointer
  for (const [key, member] of entries) yield* leavesOf(member, `${pointer}/${key}`)
}

const valueAt = (root: Json, pointer: string): Json | undefined =>
  pointer
    .split('/')
    .slice(1)
    .reduce<Json | undefined>(
      (value, step) =>
        typeof value === 'object' && value !== null ? (value as Record<string, Json>)[step] : undefined,
      root,
    )
