import { expect, test } from 'vitest'
import { timeAgo } from './time-ago.ts'

test('[STU69] times are told as people say them', () => {
  const now = Date.parse('2026-05-20T12:00:00Z')
  const ago = (seconds: number) => timeAgo(new Date(now - seconds * 1_000).toISOString(), now)
  expect([0, 59, 60, 300, 3_600, 7_300, 86_400, 3 * 86_400].map(ago)).toEqual([
    'just now',
    'just now',
    '1 minute ago',
    '5 minutes ago',
    '1 hour ago',
    '2 hours ago',
    'yesterday',
    '3 days ago',
  ])
  expect(ago(10 * 86_400)).toBe('May 10, 2026')
  expect(ago(-100)).toBe('just now')
})
