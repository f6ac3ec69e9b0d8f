import type { Awareness } from 'y-protocols/awareness'
import { personColour } from './person-colour.ts'

/** Where somebody's caret is: a text state of the panel, and positions in it that survive other people's edits. */
export interface SharedCursor {
  readonly field: string
  /** Encoded Yjs relative positions, as JSON. */
  readonly anchor: unknown
  readonly head: unknown
}

/** Somebody who is here, in one or more tabs. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly colour: string
  /** Panels they look at. */
  readonly panelIds: readonly string[]
  /** Tabs this person has open here, on any machine; at least 1. */
  readonly windowCount: number
  readonly isMe: boolean
}

/** One tab's caret. */
export interface RemoteCursor {
  readonly clientId: number
  readonly name: string
  readonly colour: string
  readonly cursor: SharedCursor
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** A colour from the outside goes into a style: only plain hex is taken. */
const colourOf = (value: unknown, userId: string): string =>
  typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value) ? value : personColour(userId)

interface Identity {
  readonly id: string
  readonly name: string
  readonly colour: string
}

function identityOf(state: unknown): Identity | null {
  const user = fieldOf(state, 'user')
  const id = textOf(fieldOf(user, 'id'))
  if (id === null) return null
  return {
    id,
    name: textOf(fieldOf(user, 'name')) ?? 'Somebody',
    colour: colourOf(fieldOf(user, 'color'), id),
  }
}

/** Everybody in the awareness, each once, myself first, then by name. */
export function peopleIn(awareness: Awareness, myId: string): Person[] {
  const people = new Map<string, Person>()
  for (const state of awareness.getStates().values()) {
    const identity = identityOf(state)
    if (identity === null) continue
    const panelId = textOf(fieldOf(state, 'panelId'))
    const known = people.get(identity.id)
    const panelIds = [...(known?.panelIds ?? []), ...(panelId === null ? [] : [panelId])]
    people.set(identity.id, {
      ...identity,
      panelIds: [...new Set(panelIds)],
      windowCount: (known?.windowCount ?? 0) + 1,
      isMe: identity.id === myId,
    })
  }
  return [...people.values()].sort(
    (a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  )
}

function cursorOf(state: unknown): SharedCursor | null {
  const cursor = fieldOf(state, 'cursor')
  const field = textOf(fieldOf(cursor, 'field'))
  return field === null ? null : { field, anchor: fieldOf(cursor, 'anchor'), head: fieldOf(cursor, 'head') }
}

/** Carets of other tabs. */
export function remoteCursorsIn(awareness: Awareness): RemoteCursor[] {
  const cursors: RemoteCursor[] = []
  for (const [clientId, state] of awareness.getStates()) {
    if (clientId === awareness.clientID) continue
    const identity = identityOf(state)
    const cursor = cursorOf(state)
    if (identity !== null && cursor !== null) cursors.push({ clientId, ...identity, cursor })
  }
  return cursors
}
