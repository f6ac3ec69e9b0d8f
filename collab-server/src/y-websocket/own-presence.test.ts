import { createRandom } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { type AwarenessEntry, encodeAwareness, parseAwareness } from '../presence/awareness-entries.ts'
import { OwnPresence } from './own-presence.ts'

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const [ME, YOU, TAB] = [1, 2, 3]
const said = (clientId: number, clock = 1, state: AwarenessEntry['state'] = { clock }): AwarenessEntry => ({
  clientId,
  clock,
  state,
})
const message = (...entries: AwarenessEntry[]): Uint8Array => encodeAwareness(entries)
const ownIn = (presence: OwnPresence, ...entries: AwarenessEntry[]) =>
  parseAwareness(presence.ownOf(message(...entries)) ?? new Uint8Array())?.map(({ clientId }) => clientId)

test('[YWS11] a client speaks for itself, and for whom it was not told of, and repeats nobody', () => {
  const presence = new OwnPresence()
  expect(ownIn(presence, said(ME))).toEqual([ME])
  presence.noteTold(message(said(ME, 2), said(YOU)))
  expect(ownIn(presence, said(YOU), said(ME, 3), said(TAB))).toEqual([ME, TAB])
  expect(ownIn(presence, said(YOU, 9))).toEqual([])
})

test('[YWS11] it repeats nobody who has left either, nor that somebody has', () => {
  const presence = new OwnPresence()
  presence.ownOf(message(said(ME)))
  presence.noteTold(message(said(YOU)))
  presence.noteTold(message(said(YOU, 2, null)))
  expect(ownIn(presence, said(YOU))).toEqual([])
  expect(ownIn(presence, said(YOU, 2, null))).toEqual([])
})

test('[YWS11] who comes back is itself, though it is shown still', () => {
  const presence = new OwnPresence()
  presence.noteTold(message(said(ME, 5), said(YOU)))
  expect(ownIn(presence, said(ME, 5))).toEqual([ME])
  expect(ownIn(presence, said(YOU))).toEqual([])
})

test('[YWS11] what nobody repeats goes through as it came, byte for byte', () => {
  const presence = new OwnPresence()
  const bytes = message(said(ME), said(TAB))
  expect(presence.ownOf(bytes)).toBe(bytes)
})

test(`[YWS14] whatever bytes come, what goes on is a message of entries that came, or nothing (FUZZ_SEED=${seed})`, () => {
  const random = createRandom(seed)
  const { below: number } = random
  for (let run = 0; run < 2_000; run += 1) {
    const presence = new OwnPresence()
    presence.noteTold(message(said(YOU), said(TAB)))
    const entries = Array.from({ length: number(5) }, () =>
      said(number(6), number(300), number(10) < 3 ? null : { x: 'é'.repeat(number(40)) }),
    )
    const bytes = message(...entries)
    for (let change = number(3); change > 0; change -= 1) bytes[number(bytes.length)] = number(256)
    const came = parseAwareness(bytes)
    const own = presence.ownOf(bytes.subarray(0, bytes.length - (number(5) === 0 ? 1 : 0)))
    if (own === null || came === null) continue
    for (const entry of parseAwareness(own) ?? []) expect(came).toContainEqual(entry)
  }
})
