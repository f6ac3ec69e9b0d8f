import { describe, expect, test } from 'vitest'
import { createPanelId, createWorkspaceId, type PanelId, toUserId, type WorkspaceId } from '../model/ids.ts'
import type { Role } from '../model/role.ts'
import { toVersion } from '../model/version.ts'
import { withTestDatabase } from '../testkit/index.ts'
import { toDocumentName } from '../wire/document-name.ts'
import { createAccess } from './access.ts'

const database = withTestDatabase()
const by = (name: string) => ({ userId: toUserId(name), key: null })
const ANN = toUserId('ann')
const ann = by('ann')

async function someWorkspace(role: Role): Promise<{ workspaceId: WorkspaceId; panelId: PanelId }> {
  const [workspaceId, panelId] = [createWorkspaceId(), createPanelId()]
  const { db } = database
  await db
    .insertInto('workspaces')
    .values({ id: workspaceId, name: 'w', owner_id: ANN, deleted_at: null })
    .execute()
  await db.insertInto('workspace_members').values({ workspace_id: workspaceId, user_id: ANN, role }).execute()
  await db
    .insertInto('panels')
    .values({
      id: panelId,
      workspace_id: workspaceId,
      name: 'p',
      panel_type: 'x',
      position: 1,
      created_by: ANN,
      deleted_at: null,
    })
    .execute()
  for (const [id, version] of [
    [panelId, 7],
    [null, 1],
  ] as const) {
    await db
      .insertInto('panel_states')
      .values({
        document: toDocumentName({ workspaceId, panelId: id }),
        workspace_id: workspaceId,
        panel_id: id,
        version: toVersion(version),
        checkpoint_version: toVersion(0),
        deleted_at: null,
      })
      .execute()
  }
  return { workspaceId, panelId }
}

describe('createAccess', () => {
  test('[ACS1] a member has the role; somebody else has nothing', async () => {
    const access = createAccess(database)
    const { workspaceId, panelId } = await someWorkspace('viewer')
    expect((await access.workspaceAccess(ann, workspaceId))?.role).toBe('viewer')
    expect(await access.workspaceAccess(by('eve'), workspaceId)).toBeNull()
    expect(await access.panelAccess(by('eve'), { workspaceId, panelId })).toBeNull()
  })

  test('[ACS5] many questions of one turn are one query, each with its own answer', async () => {
    let queryCount = 0
    const counting = database.db.withPlugin({
      transformQuery: ({ node }) => {
        queryCount += 1
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const access = createAccess({ db: counting })
    const workspaces = [await someWorkspace('viewer'), await someWorkspace('owner')]
    const answers = await Promise.all(
      [ann, by('eve'), ann].flatMap((caller) =>
        workspaces.map(
          async ({ workspaceId }) => (await access.workspaceAccess(caller, workspaceId))?.role ?? null,
        ),
      ),
    )
    expect(answers).toEqual(['viewer', 'owner', null, null, 'viewer', 'owner'])
    expect(queryCount).toBe(1)
  })

  test('[ACS2] right and head come together, for a panel and for the workspace itself', async () => {
    const access = createAccess(database)
    const { workspaceId, panelId } = await someWorkspace('editor')
    const expected = {
      role: 'editor',
      workspaceStatus: 'active',
      workspaceChangedAt: expect.any(Date),
      updatedAt: expect.any(Date),
    }
    expect(await access.panelAccess(ann, { workspaceId, panelId })).toEqual({ ...expected, head: 7 })
    expect(await access.panelAccess(ann, { workspaceId, panelId: null })).toEqual({ ...expected, head: 1 })
  })

  test('[ACS3] a panel of another workspace is not there, whatever the caller may do in both', async () => {
    const access = createAccess(database)
    const [here, there] = [await someWorkspace('owner'), await someWorkspace('owner')]
    const crossed = { workspaceId: here.workspaceId, panelId: there.panelId }
    expect(await access.panelAccess(ann, crossed)).toBeNull()
  })

  test.each([
    ['owner', ['read'], 'viewer', false],
    ['owner', ['write', 'git'], 'editor', true],
    ['owner', ['admin'], 'owner', false],
    ['viewer', ['admin', 'git'], 'viewer', true],
    ['editor', ['git'], 'forbidden', true],
  ] as const)(
    '[ACS6] %s with a key for %s is %s; may clone: %s',
    async (role, scopes, expected, mayClone) => {
      const access = createAccess(database)
      const { workspaceId, panelId } = await someWorkspace(role)
      const keyFor = (workspaceIds: readonly WorkspaceId[] | null) => ({
        userId: ANN,
        key: { id: 'k', scopes, workspaceIds },
      })
      const roleOrCode = (found: Promise<{ readonly role: Role } | null>) =>
        found.then(
          (access) => access?.role ?? null,
          (error: { code?: string }) => error.code,
        )
      const cloneOrCode = (found: Promise<boolean>) => found.catch((error: { code?: string }) => error.code)
      for (const caller of [keyFor(null), keyFor([workspaceId])]) {
        expect(await roleOrCode(access.workspaceAccess(caller, workspaceId))).toBe(expected)
        expect(await roleOrCode(access.panelAccess(caller, { workspaceId, panelId }))).toBe(expected)
        expect(await cloneOrCode(access.mayClone(caller, workspaceId))).toBe(mayClone || 'forbidden')
      }
      const elsewhere = keyFor([createWorkspaceId()])
      expect(await access.workspaceAccess(elsewhere, workspaceId)).toBeNull()
      expect(await access.panelAccess(elsewhere, { workspaceId, panelId })).toBeNull()
      expect(await access.mayClone(elsewhere, workspaceId)).toBe(false)
    },
  )

  test.each(['panel', 'document', 'workspace'] as const)('[ACS4] a deleted %s is not there', async (what) => {
    const access = createAccess(database)
    const { workspaceId, panelId } = await someWorkspace('owner')
    const set = { deleted_at: new Date() }
    const { db } = database
    if (what === 'panel') await db.updateTable('panels').set(set).where('id', '=', panelId).execute()
    if (what === 'document') {
      await db.updateTable('panel_states').set(set).where('panel_id', '=', panelId).execute()
    }
    if (what === 'workspace')
      await db.updateTable('workspaces').set(set).where('id', '=', workspaceId).execute()
    expect(await access.panelAccess(ann, { workspaceId, panelId })).toBeNull()
    expect((await access.workspaceAccess(ann, workspaceId))?.role ?? null).toBe(
      what === 'workspace' ? null : 'owner',
    )
  })
})
