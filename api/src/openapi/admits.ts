import type { ErrorCode } from '@nexus/core'

interface AdmitsRow {
  /** A sentence for the document. */
  readonly text: string
  /** What others are told, besides `unauthorized`. */
  readonly errors: readonly ErrorCode[]
}

/**
 * Whom an operation serves. With the `admits` of every operation this is the one table of who may do what over HTTP; a
 * test walks all of it with callers of every kind.
 */
export const ADMITS = {
  anyone: { text: 'Needs no token.', errors: [] },
  caller: { text: 'For everybody with a token or an API key.', errors: [] },
  person: { text: 'For people who are signed in; API keys are refused.', errors: ['forbidden'] },
  reader: { text: 'API keys need the scope `read`.', errors: ['forbidden'] },
  founder: {
    text: 'API keys need the scope `admin`, and must not be limited to workspaces.',
    errors: ['forbidden'],
  },
  viewer: {
    text: 'For members of the workspace; API keys need the scope `read`.',
    errors: ['forbidden', 'not_found'],
  },
  editor: {
    text: 'For editors of the workspace; API keys need the scope `write`.',
    errors: ['forbidden', 'not_found'],
  },
  owner: {
    text: 'For the owner of the workspace; API keys need the scope `admin`.',
    errors: ['forbidden', 'not_found'],
  },
  lastOwner: {
    text: 'For who owned the workspace, which nobody else sees any more; API keys need the scope `admin`.',
    errors: ['forbidden', 'not_found'],
  },
} as const satisfies Record<string, AdmitsRow>

export type Admits = keyof typeof ADMITS
