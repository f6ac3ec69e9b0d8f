/**
 * What an API key may be used for. `write` includes `read`, `admin` includes both; `git` (clone and fetch) stands for itself.
 * None gives more than its owner's role does.
 */
export const SCOPES = ['read', 'write', 'git', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

const INCLUDED: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  write: ['read', 'write'],
  git: ['git'],
  admin: ['read', 'write', 'admin'],
}

export const includesScope = (granted: readonly Scope[], wanted: Scope): boolean =>
  granted.some((scope) => INCLUDED[scope].includes(wanted))
