import {
  type DocumentName,
  type PanelId,
  type Role,
  toDocumentName,
  toUserId,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import { createSqlUpdateLog, type Db } from '@nexus/core/sql'
import { someDocument, someUpdate } from '@nexus/core/testkit'

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
