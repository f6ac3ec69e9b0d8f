import { describe, expect, test } from 'vitest'
import { TRIGGERS } from '../model/cause.ts'
import { createNodeId, createOpaqueId, toUserId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import type { AnnouncedUpdate, Announcement } from '../ports/fanout.ts'
import { someAnnouncement } from '../testkit/describe-fanout.ts'
import { createRandom, type Random } from '../testkit/random.ts'
import { decodeAnnouncement, encodeAnnouncement } from './announcement-message.ts'

/** What Redis carries for it beside the updates themselves: message and channel. */
function overheadOf(announcement: Announcement): number {
  const message = encodeAnnouncement(announcement.sender, announcement)
  const bytes = announcement.updates.reduce((sum, { update }) => sum + update.byteLength, 0)
  return message.byteLength - bytes + `nexus:updates:{${announcement.document}}`.length
}

const FAR = { fromVersion: toVersion(1_000_000_000), sender: createNodeId() }

/** As the server makes it of an edit. */
const causeOf = (random: Random): Omit<AnnouncedUpdate, 'update'> => ({
  userId: random.below(10) === 0 ? null : toUserId(createOpaqueId()),
  triggeredBy: random.pick(TRIGGERS),
  triggerSource: random.below(2) === 0 ? null : 'x'.repeat(random.below(40)),
})

const updatesOf = (random: Random, causes: readonly Omit<AnnouncedUpdate, 'update'>[], count: number) =>
  Array.from({ length: count }, () => ({ update: random.bytes(random.below(300)), ...random.pick(causes) }))

describe('the size of an announcement', () => {
  test('[FAN12] of one edit is at most 200 bytes beside it, with a cause of 40 characters', () => {
    const update = new Uint8Array(4_000_000)
    const triggerSource = 'x'.repeat(40)
    const updates = [
      { update, userId: toUserId(createOpaqueId()), triggeredBy: 'api' as const, triggerSource },
    ]
    expect(overheadOf(someAnnouncement({ ...FAR, updates }))).toBeLessThanOrEqual(200)
  })

  test('[FAN15] grows by the length prefix of each further edit of the same author, and by nothing else', () => {
    const cause = { userId: toUserId(createOpaqueId()), triggeredBy: 'user' as const, triggerSource: null }
    const edits = (count: number, bytes: number) =>
      someAnnouncement({
        ...FAR,
        updates: Array.from({ length: count }, () => ({ update: new Uint8Array(bytes), ...cause })),
      })
    // Two bytes for the count of them.
    expect(overheadOf(edits(1_000, 40)) - overheadOf(edits(1, 40))).toBeLessThanOrEqual(999 * 1 + 1)
    expect(overheadOf(edits(1_000, 400)) - overheadOf(edits(1, 400))).toBeLessThanOrEqual(999 * 2 + 1)
  })

  test.each([1, 2, 3, 4, 5])(
    '[FAN15] stays within 200 bytes, 3 for each further edit and 64 for each further author (seed %i)',
    (seed) => {
      const random = createRandom(seed)
      for (let round = 0; round < 40; round += 1) {
        const authors = Array.from({ length: 1 + random.below(5) }, () => causeOf(random))
        const updates = updatesOf(random, authors, 1 + random.below(1_000))
        const used = new Set(updates.map(({ userId, triggerSource }) => `${userId} ${triggerSource}`)).size
        const announcement = someAnnouncement({ ...FAR, updates })
        expect(overheadOf(announcement)).toBeLessThanOrEqual(200 + 3 * (updates.length - 1) + 64 * (used - 1))
      }
    },
  )
})

test.each([1, 2, 3])('[FAN16] what was announced comes back as it was (seed %i)', (seed) => {
  const random = createRandom(seed)
  for (let round = 0; round < 40; round += 1) {
    const causes = Array.from({ length: 1 + random.below(5) }, () => causeOf(random))
    causes.push({ userId: toUserId('a user id of another system'), triggeredBy: 'user', triggerSource: '' })
    const updates = updatesOf(random, causes, 1 + random.below(50))
    const announcement = someAnnouncement({ ...FAR, updates })
    const origin = random.pick([announcement.sender, createNodeId()])
    const message = encodeAnnouncement(origin, announcement)
    expect(decodeAnnouncement(announcement.document, message)).toEqual(announcement)
  }
})

test('[FAN16] a message of format 1, as the first release sent it, is still read', () => {
  const kept =
    'ASQwMTk3YTFiMi1jM2Q0LTdlNWYtOGE5Yi0wYzFkMmUzZjRhNWIkMDE5N2ExYjItYzNkNC03ZTVmLThhOWItMGMxZDJlM2Y0YTVjrAL72MGijDQCAwEFYWxpY2UJdG9vbDp0aWR5AwECAwADAQk='
  const { document } = someAnnouncement()
  expect(decodeAnnouncement(document, Buffer.from(kept, 'base64'))).toEqual({
    document,
    sender: '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c',
    fromVersion: 300,
    toVersion: 301,
    occurredAt: new Date(1_790_000_000_123),
    updates: [
      { update: Uint8Array.of(1, 2, 3), userId: 'alice', triggeredBy: 'ai', triggerSource: 'tool:tidy' },
      { update: Uint8Array.of(9), userId: null, triggeredBy: 'system', triggerSource: null },
    ],
  })
})
