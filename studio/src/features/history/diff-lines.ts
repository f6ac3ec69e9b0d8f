export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same' | 'place'
  readonly text: string
}

const KINDS: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', '@': 'place' }

/** Takes a unified diff without a file's header apart. What git says about a missing last line end is left out. */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
    .filter((line) => !line.startsWith('\\'))
    .map((line) => {
      const kind = KINDS[line.slice(0, 1)] ?? 'same'
      return { kind, text: kind === 'place' ? placeOf(line) : line.slice(1) }
    })
}

/** `@@ -4,5 +4,5 @@` in words. */
function placeOf(line: string): string {
  const from = /\+(\d+)/.exec(line)?.[1]
  return from === undefined || from === '0' || from === '1' ? '' : `line ${from}`
}
