import { expect, test } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { peopleIn, remoteCursorsIn } from './people.ts'
import { PERSON_COLOURS, personColour } from './person-colour.ts'

function awarenessOf(states: readonly unknown[]): Awareness {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(null)
  for (const [index, state] of states.entries()) awareness.states.set(index + 1, Object(state))
  return awareness
}

const bob = { user: { id: 'b', name: 'Bob', color: '#11754b' } }

test('[STU32] a person with several tabs is one person, in all the panels they look at', () => {
  const awareness = awarenessOf([
    { ...bob, panelId: 'p1' },
    { ...bob, panelId: 'p2' },
    { user: { id: 'a', name: 'Ada', color: '#000000' } },
  ])
  const people = peopleIn(awareness, 'b')
  expect(people.map(({ name, panelIds, windowCount, isMe }) => [name, panelIds, windowCount, isMe])).toEqual([
    ['Bob', ['p1', 'p2'], 2, true],
    ['Ada', [], 1, false],
  ])
  awareness.destroy()
})

test('[STU33] states that make no sense are nobody, and a colour that is not one is replaced', () => {
  const awareness = awarenessOf([
    null,
    {},
    { user: 'x' },
    { user: { id: 7 } },
    { user: { id: 'e', color: 'url(//evil)' } },
  ])
  const [only, ...others] = peopleIn(awareness, 'me')
  expect(others).toEqual([])
  expect(only).toMatchObject({ name: 'Somebody', colour: personColour('e') })
  awareness.destroy()
})

test('[STU34] carets are those of other tabs', () => {
  const awareness = awarenessOf([
    { ...bob, cursor: { field: 'page', anchor: {}, head: {} } },
    { ...bob, cursor: null },
  ])
  expect(remoteCursorsIn(awareness).map(({ name, cursor }) => [name, cursor.field])).toEqual([
    ['Bob', 'page'],
  ])
  awareness.destroy()
})

const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test('[STU35] white text on any person’s colour has a contrast of 4.5:1', () => {
  for (const colour of PERSON_COLOURS) expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5)
})
