import type { Scope } from '../../api/keys.ts'

/** What a key may be for, from least to most. */
export const SCOPE_CHOICES: readonly {
  readonly value: Scope
  readonly label: string
  readonly may: string
}[] = [
  { value: 'read', label: 'Read', may: 'workspaces, panels, their state and history' },
  { value: 'write', label: 'Write', may: 'also change panels' },
  {
    value: 'admin',
    label: 'Administer',
    may: 'also members, settings and new workspaces, as far as you may',
  },
  { value: 'git', label: 'Git', may: 'clone and fetch repositories' },
]

export const scopeWords = (scopes: readonly Scope[]): string =>
  SCOPE_CHOICES.filter(({ value }) => scopes.includes(value))
    .map(({ label }) => label)
    .join(', ')
