import { parseWorkspaceId, type Scope } from '@nexus/core'
import { hashApiKey } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { createTokenSigner, someApiKey } from '@nexus/core/testkit'
import { invite, type Person, signUp, type TestApi } from './test-api.ts'

/** Everybody who may come to a route, and what each holds up. */
export interface Callers {
  readonly host: Person
  /** Caller → token; `null`: none. */
  readonly tokens: Readonly<Record<CallerKind, string | null>>
}

export const CALLER_KINDS = [
  'no token',
  'made-up token',
  'expired token',
  'token of an ended session',
  'made-up key',
  'expired key',
  'revoked key',
  'stranger',
  'viewer',
  'editor',
  'owner',
  'key of the owner for another workspace',
  'key of the owner: read',
  'key of the owner: write',
  'key of the owner: git',
  'key of the owner: admin',
  'key of the editor: admin',
  'key of the viewer: admin',
] as const
export type CallerKind = (typeof CALLER_KINDS)[number]

/** An owner with a workspace, its members, somebody else, and keys and tokens of every kind. */
export async function createCallers(api: TestApi, db: Db): Promise<Callers> {
  const [host, editor, viewer, stranger, gone] = await Promise.all([
    signUp(api),
    signUp(api),
    signUp(api),
    signUp(api),
    signUp(api),
  ])
  await db.updateTable('users').set({ plan: 'enterprise' }).execute()
  await invite(db, host, editor, 'editor')
  await invite(db, host, viewer, 'viewer')
  await gone.call('POST', '/api/auth/logout', { body: { sessionToken: gone.sessionToken } })
  const other = await host.call('POST', '/api/workspaces', { body: { name: 'Other' } })
  const signer = await createTokenSigner(db)
  const keyOf = async (owner: Person, ...scopes: Scope[]) =>
    (await someApiKey(db, owner.userId, { scopes })).key
  const otherId = parseWorkspaceId(other.body.id)
  const limited = await someApiKey(db, host.userId, {
    scopes: ['admin', 'git'],
    workspaceIds: otherId === null ? [] : [otherId],
  })
  const expiresAt = new Date(Date.now() - 1_000)
  const expired = await someApiKey(db, host.userId, { scopes: ['admin'], expiresAt })
  const revoked = await keyOf(host, 'admin')
  await db.deleteFrom('api_keys').where('key_hash', '=', hashApiKey(revoked)).execute()
  return {
    host,
    tokens: {
      'no token': null,
      'made-up token': 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSJ9.',
      'expired token': signer.tokenOf(host.userId, { expiresAt: new Date(Date.now() - 60_000) }),
      'token of an ended session': gone.token,
      'made-up key': `nxs_${'a'.repeat(43)}`,
      'expired key': expired.key,
      'revoked key': revoked,
      stranger: stranger.token,
      viewer: viewer.token,
      editor: editor.token,
      owner: host.token,
      'key of the owner for another workspace': limited.key,
      'key of the owner: read': await keyOf(host, 'read'),
      'key of the owner: write': await keyOf(host, 'write'),
      'key of the owner: git': await keyOf(host, 'git'),
      'key of the owner: admin': await keyOf(host, 'admin'),
      'key of the editor: admin': await keyOf(editor, 'admin'),
      'key of the viewer: admin': await keyOf(viewer, 'admin'),
    },
  }
}
