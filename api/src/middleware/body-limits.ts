import { NexusError } from '@nexus/core'
import { isStorableText } from '@nexus/core/http-contract'

interface Place<Value = unknown> {
  readonly value: Value
  /** `null` at the top. */
  readonly parent: Place | null
  readonly key: string
  readonly depth: number
}

/**
 * Refuses JSON that some part behind would choke on: nested too deep, numbers too large for JSON, text that UTF-8 or
 * PostgreSQL cannot hold, and members called `__proto__`. Walks without recursion, so depth cannot hurt it either.
 *
 * @throws {NexusError} `validation_failed` with the `pointer` of the first such place.
 */
export function refuseHostileJson(body: unknown, maxDepth: number): void {
  const root = { value: body, parent: null, key: '', depth: 0 }
  checkScalar(root)
  const places: Place<object>[] = isContainer(body) ? [{ ...root, value: body }] : []
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    if (place.depth >= maxDepth) refuse(place, `The body is nested deeper than ${maxDepth} levels.`)
    for (const key in place.value) {
      if (key === '__proto__' || !isStorableText(key))
        refuse(
          { value: null, parent: place, key, depth: place.depth },
          `A member may not be called ${JSON.stringify(key.toWellFormed())}.`,
        )
      const value: unknown = Reflect.get(place.value, key)
      const child = { value, parent: place, key, depth: place.depth + 1 }
      if (isContainer(value)) places.push({ ...child, value })
      else checkScalar(child)
    }
  }
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

function checkScalar(place: Place): void {
  const { value } = place
  if (typeof value === 'string' && !isStorableText(value)) {
    refuse(place, 'Text must not contain NUL characters or half surrogate pairs.')
  }
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(place, 'The number is too large.')
}

function refuse(place: Place, detail: string): never {
  throw new NexusError('validation_failed', detail, { details: { pointer: pointerTo(place) } })
}

function pointerTo(place: Place): string {
  const keys: string[] = []
  for (let at = place; at.parent !== null; at = at.parent) keys.push(at.key)
  return keys
    .reverse()
    .map((key) => `/${key.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}
