import { isJsonObject, type Json } from '../model/json.ts'
import type { Version } from '../model/version.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { formatPointer, parsePointer, type Step } from './pointer.ts'

/** Which version last set a value that has no members or items of its own. */
export interface BlamedValue {
  /** RFC 6901, into the panel's JSON. */
  readonly pointer: string
  readonly version: Version
}

/** For every value in a panel's JSON the version that last set it. */
export interface Blame {
  /** Takes in what a version did, as the panel's history tells it. Every version in order, from the first one on. */
  note(version: Version, patch: readonly JsonPatchOperation[]): void
  /**
   * The values at and below a place, in the order of the JSON. An empty object or list is a value, set by what made it
   * empty.
   *
   * @returns `null` when there is nothing at this place.
   */
  below(path: readonly string[]): Generator<BlamedValue> | null
  /** How much it holds: values, objects and lists. */
  count(): number
}

/** Mirrors the panel's JSON, with a version instead of each value. */
interface Place {
  version: Version
  /** Of an object or a list; `null` for any other value. */
  inside: Map<string, Place> | Place[] | null
}

export function createBlame(): Blame {
  let root: Place | null = null
  return {
    note(version, patch) {
      root ??= toPlace({ $state: {}, $computed: {} }, version)
      for (const operation of patch) root = apply(root, operation, version)
    },
    below(path) {
      let place = root
      for (const step of path) place = place === null ? null : (inside(place, step) ?? null)
      return place === null ? null : valuesIn(place, path)
    },
    count: () => (root === null ? 0 : placesIn(root)),
  }
}

const toPlace = (value: Json, version: Version): Place => ({ version, inside: toInside(value, version) })

function toInside(value: Json, version: Version): Place['inside'] {
  if (Array.isArray(value)) return value.map((item) => toPlace(item, version))
  if (!isJsonObject(value)) return null
  return new Map(Object.entries(value).map(([key, member]) => [key, toPlace(member, version)]))
}

/** @returns The root, another one when it was replaced. */
function apply(root: Place, operation: JsonPatchOperation, version: Version): Place {
  const steps = parsePointer(operation.path) ?? []
  const last = steps.pop()
  if (last === undefined) return toPlace('value' in operation ? operation.value : null, version)
  const parent = steps.reduce<Place | undefined>((place, step) => place && inside(place, step), root)
  if (parent === undefined || parent.inside === null) throw contradiction(operation)
  switch (operation.op) {
    case 'add':
      add(parent.inside, last, toPlace(operation.value, version))
      break
    case 'replace':
      put(parent.inside, last, toPlace(operation.value, version))
      break
    case 'increment':
      put(parent.inside, last, { version, inside: null })
      break
    case 'remove':
      remove(parent.inside, last)
      // What is left of it, if that is nothing, was set by this.
      parent.version = version
      break
    default:
      throw contradiction(operation)
  }
  return root
}

/** The history is derived from the log: it never names what is not there, and tells no moves or copies. */
const contradiction = ({ op, path }: JsonPatchOperation): Error =>
  new Error(`The history says "${op}" at ${path}, where that cannot be.`)

const inside = (place: Place, step: string): Place | undefined =>
  Array.isArray(place.inside) ? place.inside[Number(step)] : place.inside?.get(step)

function add(container: NonNullable<Place['inside']>, step: string, place: Place): void {
  if (Array.isArray(container)) container.splice(Number(step), 0, place)
  else container.set(step, place)
}

function put(container: NonNullable<Place['inside']>, step: string, place: Place): void {
  if (Array.isArray(container)) container[Number(step)] = place
  else container.set(step, place)
}

function remove(container: NonNullable<Place['inside']>, step: string): void {
  if (Array.isArray(container)) container.splice(Number(step), 1)
  else container.delete(step)
}

const placesIn = ({ inside: children }: Place): number =>
  children === null ? 1 : children.values().reduce((sum, child) => sum + placesIn(child), 1)

function* valuesIn(place: Place, path: readonly Step[]): Generator<BlamedValue> {
  const entries = [...entriesOf(place)]
  if (entries.length === 0) yield { pointer: formatPointer(path), version: place.version }
  for (const [step, child] of entries) yield* valuesIn(child, [...path, step])
}

function entriesOf({ inside: children }: Place): Iterable<readonly [Step, Place]> {
  if (children === null) return []
  if (Array.isArray(children)) return children.entries()
  return [...children].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
