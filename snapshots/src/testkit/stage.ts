import { join } from 'node:path'
import {
  createNodeId,
  createPanelId,
  createSnapshotId,
  createWorkspaceId,
  type DocumentName,
  type PanelId,
  panelDocumentName,
  type SnapshotId,
  toUserId,
  type UpdateLog,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { createLogger } from '@nexus/core/server'
import { createSqlUpdateLog, type Db } from '@nexus/core/sql'
import { onTestFinished } from 'vitest'
import * as Y from 'yjs'
import {
  createSnapshotWorker,
  type SnapshotOptions,
  type SnapshotWorker,
  type SnapshotWorkerDeps,
} from '../worker.ts'
import { realGit } from './real-git.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const ADA = toUserId('ada')
export const BOB = toUserId('bob')

export interface StagePanel {
  readonly id: PanelId
  readonly document: DocumentName
  /** What the editors have on their screens. */
  readonly doc: Y.Doc
}

type SnapshotWish = { type?: 'manual' | 'pre_ai_edit'; description?: string; commitToGit?: boolean }

/** One workspace of Ada and Bob, a folder for its repository, and everything a test does to them. */
export interface Stage {
  readonly db: Db
  readonly log: UpdateLog
  readonly fanout: ReturnType<typeof createMemoryFanout>
  readonly gitDir: string
  readonly workspaceId: WorkspaceId
  /** Of the workspace. */
  readonly repository: string
  addPanel(panel: { name: string; source?: string; state?: Record<string, unknown> }): Promise<StagePanel>
  edit(panel: StagePanel, by: UserId | null, change: (state: Y.Map<unknown>) => void): Promise<void>
  /** A row as the api writes it; the notice is the test's business. */
  request(wish?: SnapshotWish): Promise<SnapshotId>
  /** Not started: it works when the test says so. Disposed of when the test has finished. */
  worker(
    deps?: Partial<Pick<SnapshotWorkerDeps, 'overrides' | 'log'>> & { options?: Partial<SnapshotOptions> },
  ): Promise<SnapshotWorker>
  git(...args: string[]): Promise<string>
}

const cause = (userId: UserId | null, changeType: 'created' | 'updated') => ({
  userId,
  triggeredBy: userId === null ? ('system' as const) : ('user' as const),
  triggerSource: null,
  changeType,
  clientSession: null,
})

export async function createStage(db: Db): Promise<Stage> {
  const workspaceId = createWorkspaceId()
  const gitDir = join(await temporaryFolder(), 'git')
  const log = createSqlUpdateLog(db)
  const fanout = createMemoryFanout()
  await addPeople(db)
  await db.insertInto('workspaces').values({ id: workspaceId, name: 'Work', owner_id: ADA }).execute()
  const repository = join(gitDir, `${workspaceId}.git`)
  let position = 0

  const addPanel: Stage['addPanel'] = async ({ name, source = '', state = {} }) => {
    const id = createPanelId()
    const document = panelDocumentName(workspaceId, id)
    const doc = new Y.Doc()
    doc.transact(() => {
      if (source !== '') doc.getText('nxml').insert(0, source)
      for (const [key, value] of Object.entries(state)) doc.getMap('state').set(key, value)
    })
    position += 1
    await db
      .insertInto('panels')
      .values({ id, workspace_id: workspaceId, name, panel_type: 'custom', position, created_by: ADA })
      .execute()
    const first = { update: Y.encodeStateAsUpdate(doc), ...cause(ADA, 'created') }
    await log.create([{ document, workspaceId, panelId: id, first }])
    return { id, document, doc }
  }

  return {
    db,
    log,
    fanout,
    gitDir,
    workspaceId,
    repository,
    addPanel,
    edit: async ({ document, doc }, by, change) => {
      const updates: Uint8Array[] = []
      const gather = (update: Uint8Array) => void updates.push(update)
      doc.on('update', gather)
      doc.transact(() => change(doc.getMap('state')))
      doc.off('update', gather)
      await log.append([
        { document, updates: updates.map((update) => ({ update, ...cause(by, 'updated') })) },
      ])
    },
    request: async ({ type = 'manual', description = '', commitToGit = true } = {}) => {
      const id = createSnapshotId()
      await db
        .insertInto('state_snapshots')
        .values({
          id,
          workspace_id: workspaceId,
          type,
          description,
          commit_to_git: commitToGit,
          created_by: ADA,
        })
        .execute()
      return id
    },
    worker: async ({ options, ...deps } = {}) => {
      const worker = await createSnapshotWorker({
        db,
        log,
        fanout,
        nodeId: createNodeId(),
        options: { gitDir, intervalMs: 3_600_000, retryPauseMs: 20, pollIntervalMs: 100, ...options },
        logger: createLogger({ service: 'snapshots', level: 'silent' }),
        ...deps,
      })
      onTestFinished(() => worker[Symbol.asyncDispose]())
      return worker
    },
    git: (...args) => realGit(repository, ...args),
  }
}

async function addPeople(db: Db): Promise<void> {
  const people = [
    { id: ADA, name: 'Ada Lovelace', email: 'ada@example.org', email_verified: true, image: null },
    {
      id: BOB,
      name: 'Bob <b>\nPanel-Version: x',
      email: 'bob@example.org',
      email_verified: true,
      image: null,
    },
  ]
  await db
    .insertInto('users')
    .values(people)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Rows of state_snapshots of the stage's workspace, oldest first. */
export const snapshotsOf = ({ db, workspaceId }: Stage) =>
  db.selectFrom('state_snapshots').selectAll().where('workspace_id', '=', workspaceId).orderBy('id').execute()

export const ledgerOf = ({ db, workspaceId }: Stage) =>
  db.selectFrom('workspace_git').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirstOrThrow()

/** Subjects of the branch, newest first. */
export const subjectsOf = async (stage: Stage): Promise<string[]> =>
  (await stage.git('log', '--format=%s')).trim().split('\n')
