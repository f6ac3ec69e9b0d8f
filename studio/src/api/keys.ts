import type { Calls } from './calls.ts'

export type Scope = 'read' | 'write' | 'git' | 'admin'

export interface ApiKey {
  readonly id: string
  readonly name: string
  /** Its first characters. */
  readonly start: string
  readonly scopes: readonly Scope[]
  /** `null`: all. */
  readonly workspaceIds: readonly string[] | null
  /** RFC 3339; `null`: never. */
  readonly expiresAt: string | null
  /** RFC 3339; `null`: not yet. */
  readonly lastUsedAt: string | null
}

export interface NewApiKey {
  readonly name: string
  readonly scopes: Scope[]
  readonly workspaceIds?: string[]
  readonly expiresAt?: string
}

/** The person's keys for programs. Each call throws {@link ApiError}. */
export function createKeysApi({ http, typedOf, done }: Calls) {
  return {
    /** The newest first. */
    list: (): Promise<readonly ApiKey[]> => typedOf(http.GET('/api/keys')),
    /** @returns The key itself, which nobody shows again. */
    create: async (body: NewApiKey): Promise<string> => (await typedOf(http.POST('/api/keys', { body }))).key,
    revoke: (keyId: string): Promise<void> =>
      done(http.DELETE('/api/keys/{keyId}', { params: { path: { keyId } } })),
  }
}
