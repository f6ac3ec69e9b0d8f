import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import {
  type DocumentName,
  type PanelId,
  type Role,
  toDocumentName,
  toUserId,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_ISSUER } from '@nexus/core/server'
import { createSqlUpdateLog, type Db } from '@nexus/core/sql'
import { someDocument, someUpdate } from '@nexus/core/testkit'

/** Signs access tokens as the API does; its public key is in the database. */
export interface TokenSigner {
  tokenOf(user: string, options?: { readonly expiresAt?: Date; readonly name?: string }): string
}

export async function createTokenSigner(db: Db): Promise<TokenSigner> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const kid = randomUUID()
  await db
    .insertInto('jwks')
    .values({
      id: kid,
      public_key: JSON.stringify(publicKey.export({ format: 'jwk' })),
      private_key: '',
      created_at: new Date(),
      alg: 'EdDSA',
    })
    .execute()
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    tokenOf: (user, { expiresAt = new Date(Date.now() + 900_000), name = user } = {}) => {
      const claims = {
        sub: user,
        name,
        iss: ACCESS_TOKEN_ISSUER,
        aud: ACCESS_TOKEN_AUDIENCE,
        exp: Math.floor(expiresAt.getTime() / 1_000),
      }
      const signed = `${encode({ alg: 'EdDSA', kid })}.${encode(claims)}`
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
    },
  }
}

export interface TestPanel {
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId
  readonly document: DocumentName
}

/** A workspace with one panel, and these members. */
export async function createTestPanel(db: Db, members: Record<string, Role>): Promise<TestPanel> {
  const { document, workspaceId, panelId, first } = someDocument()
  if (panelId === null) throw new Error('Test documents are panels.')
  const [owner = 'nobody'] = Object.keys(members)
  await db
    .insertInto('workspaces')
    .values({ id: workspaceId, name: 'Test', owner_id: toUserId(owner) })
    .execute()
  for (const [user, role] of Object.entries(members)) await addMember(db, { workspaceId, user, role })
  const log = createSqlUpdateLog(db)
  await log.create([
    { document, workspaceId, panelId, first },
    { document: workspaceDocument(workspaceId), workspaceId, panelId: null, first: someUpdate() },
  ])
  return { workspaceId, panelId, document }
}

const workspaceDocument = (workspaceId: WorkspaceId): DocumentName =>
  toDocumentName({ workspaceId, panelId: null })

async function addMember(
  db: Db,
  { workspaceId, user, role }: { workspaceId: WorkspaceId; user: string; role: Role },
): Promise<UserId> {
  const userId = toUserId(user)
  await db
    .insertInto('workspace_members')
    .values({ workspace_id: workspaceId, user_id: userId, role })
    .execute()
  return userId
}
