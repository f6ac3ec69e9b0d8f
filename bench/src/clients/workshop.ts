import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  createNodeId,
  createPanelId,
  createSnapshotId,
  createWorkspaceId,
  type DocumentName,
  panelDocumentName,
  toUserId,
  type WorkspaceId,
} from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createLogger } from '@nexus/core/server'
import { createSqlUpdateLog, migrate } from '@nexus/core/sql'
import { createTokenSigner, startPostgres } from '@nexus/core/testkit'
import { createSnapshotWorker } from '@nexus/snapshots'
import * as Y from 'yjs'

const ADA = toUserId('ada')
const CAUSE = { userId: ADA, triggeredBy: 'user', triggerSource: null, clientSession: null } as const
/** Documents made with one statement. */
const AT_ONCE = 50

/** A workspace, and what its editors have on their screens. */
export interface Bench {
  readonly workspaceId: WorkspaceId
  readonly panels: readonly { readonly document: DocumentName; readonly doc: Y.Doc }[]
}

/** One snapshot worker on a PostgreSQL with fsync, and a folder of repositories. */
export type Workshop = Awaited<ReturnType<typeof openWorkshop>>

export async function withWorkshop<T>(use: (workshop: Workshop) => Promise<T>): Promise<T> {
  const workshop = await openWorkshop()
  try {
    return await use(workshop)
  } finally {
    await workshop.close()
  }
}

async function openWorkshop() {
  const postgres = await startPostgres({ durable: true })
  const { db, close } = await openPostgres({ url: postgres.url, maxConnections: 10 })
  await migrate(db)
  const gitDir = await mkdtemp(join(tmpdir(), 'nexus-bench-git-'))
  const log = createSqlUpdateLog(db)
  const fanout = createMemoryFanout()
  await db
    .insertInto('users')
    .values({ id: ADA, name: 'Ada', email: 'ada@example.org', email_verified: true, image: null })
    .execute()
  const worker = await createSnapshotWorker({
    db,
    log,
    fanout,
    nodeId: createNodeId(),
    options: { gitDir, intervalMs: 86_400_000 },
    logger: createLogger({ service: 'snapshots', level: 'silent' }),
  })
  await worker.start()
  const server = createServer((request, response) => worker.handleRequest?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const token = (await createTokenSigner(db)).tokenOf(ADA)

  return {
    worker,
    gitDir,
    /** A workspace of panels of about 10 kB each, not committed yet. */
    newWorkspace: async (panelCount: number, items: number): Promise<Bench> => {
      const workspaceId = createWorkspaceId()
      await db.insertInto('workspaces').values({ id: workspaceId, name: 'Bench', owner_id: ADA }).execute()
      await db
        .insertInto('workspace_members')
        .values({ workspace_id: workspaceId, user_id: ADA, role: 'owner' })
        .execute()
      const panels = Array.from({ length: panelCount }, (_, at) => {
        const panelId = createPanelId()
        return { at, panelId, document: panelDocumentName(workspaceId, panelId), doc: newDocument(items) }
      })
      await db
        .insertInto('panels')
        .values(
          panels.map(({ at, panelId }) => ({
            id: panelId,
            workspace_id: workspaceId,
            name: `Panel ${at}`,
            panel_type: 'free-form',
            position: at,
            created_by: ADA,
          })),
        )
        .execute()
      for (let at = 0; at < panels.length; at += AT_ONCE)
        await log.create(
          panels.slice(at, at + AT_ONCE).map(({ panelId, document, doc }) => ({
            document,
            workspaceId,
            panelId,
            first: { ...CAUSE, changeType: 'created' as const, update: Y.encodeStateAsUpdate(doc) },
          })),
        )
      return { workspaceId, panels }
    },
    /** Somebody changes a value in `count` of the panels, from the `from`th on. */
    edit: async (
      { panels }: Bench,
      { count, from, value }: { count: number; from: number; value: number },
    ) => {
      const entries = Array.from({ length: count }, (_, index) => {
        const { document, doc } = panels[(from + index) % panels.length] ?? nothing()
        const before = Y.encodeStateVector(doc)
        const item = doc.getMap('state').get('items')
        if (item instanceof Y.Array) item.get(value % item.length).set('rank', value)
        const update = Y.encodeStateAsUpdate(doc, before)
        return { document, updates: [{ ...CAUSE, changeType: 'updated' as const, update }] }
      })
      await log.append(entries)
    },
    /** Asks for a snapshot as the api does. @returns ms until it is there. */
    snapshot: async ({ workspaceId }: Bench): Promise<number> => {
      const begin = performance.now()
      await db
        .insertInto('state_snapshots')
        .values({ id: createSnapshotId(), workspace_id: workspaceId, type: 'manual', created_by: ADA })
        .execute()
      const made = Promise.withResolvers<void>()
      const stop = await fanout.onAnyNotice((notice) => {
        if (notice.type === 'snapshot_created' && notice.workspaceId === workspaceId) made.resolve()
      })
      fanout.publishNotice({ type: 'snapshot_requested', workspaceId })
      await made.promise
      await stop()
      return performance.now() - begin
    },
    /** @returns ms of a `git clone` over HTTP. */
    clone: async ({ workspaceId }: Bench, into: string): Promise<number> => {
      const { port } = server.address() as AddressInfo
      const begin = performance.now()
      await runGit(['clone', '--quiet', `http://x:${token}@127.0.0.1:${port}/git/${workspaceId}.git`, into])
      return performance.now() - begin
    },
    /** Bytes on the disk. */
    sizeOf: ({ workspaceId }: Bench): number =>
      Number(
        execFileSync('du', ['-sb', join(gitDir, `${workspaceId}.git`)], { encoding: 'utf8' }).split('\t')[0],
      ),
    close: async () => {
      await worker.drain()
      await worker[Symbol.asyncDispose]()
      await new Promise((resolve) => server.close(resolve))
      await close()
      await postgres.stop()
      await rm(gitDir, { recursive: true, force: true })
    },
  }
}

const nothing = (): never => {
  throw new Error('The workspace has no panels.')
}

/** 100 items are 10 kB of JSON. */
function newDocument(items: number): Y.Doc {
  const doc = new Y.Doc()
  const list = new Y.Array<Y.Map<unknown>>()
  doc.transact(() => {
    doc.getMap('state').set('items', list)
    list.push(
      Array.from({ length: items }, (_, index) => {
        const entries: [string, unknown][] = [
          ['id', `i${index}`],
          ['title', `Item number ${index} with a title`],
          ['done', index % 2 === 0],
          ['rank', index],
          ['note', 'some words about it'],
        ]
        return new Y.Map(entries)
      }),
    )
  })
  return doc
}

async function runGit(args: readonly string[]): Promise<void> {
  await promisify(execFile)('git', args, { env: { PATH: process.env.PATH, HOME: '/nonexistent' } })
}
