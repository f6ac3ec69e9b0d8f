const STEPS = [
  ['minute', 60, 60],
  ['hour', 3_600, 24],
  ['day', 86_400, 7],
] as const

/** `5 minutes ago`; from a week on the date. @param time - RFC 3339. */
export function timeAgo(time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1_000)
  if (seconds < 60) return 'just now'
  for (const [unit, size, limit] of STEPS) {
    const count = Math.floor(seconds / size)
    if (count < limit) return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-count, unit)
  }
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(time))
}
