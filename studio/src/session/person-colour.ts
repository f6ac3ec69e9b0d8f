/** Colours of people: each carries white text at 4.5:1 or better, on light and dark pages alike. */
export const PERSON_COLOURS = [
  '#b4235a',
  '#9333b5',
  '#5b4bd1',
  '#2563c4',
  '#0f7285',
  '#11754b',
  '#5a7010',
  '#a1590a',
  '#b93c1f',
  '#7a5a3c',
] as const

/** The same person has the same colour on every screen. */
export function personColour(userId: string): string {
  let hash = 2166136261
  for (const character of userId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619)
  return PERSON_COLOURS[(hash >>> 0) % PERSON_COLOURS.length] ?? PERSON_COLOURS[0]
}
