import { randomUUID } from 'node:crypto'
import {
  createPanelId,
  createWorkspaceId,
  type DocumentName,
  type PanelId,
  panelDocumentName,
  toUserId,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createAccess, createCredentials, verifyCaller } from '@nexus/core/server'
import { createSqlUpdateLog, type Db, migrate } from '@nexus/core/sql'
import { createTokenSigner, startPostgres } from '@nexus/core/testkit'
import * as Y from 'yjs'
import { toSeries, writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'

const BAR = { tokenMs: 0.1, rightsMs: 1 }

/** What telling who asks, and what they may do, adds to a request: in one warm process, on a PostgreSQL with fsync. */
export async function benchCallerCheck({ quick }: RunOptions): Promise<void> {
  const count = quick ? 200 : 5_000
  const postgres = await startPostgres({ durable: true })
  const { db, close } = await openPostgres({ url: postgres.url, maxConnections: 10 })
  try {
    await migrate(db)
    const people = Array.from({ length: count }, () => ({
      userId: toUserId(randomUUID()),
      sessionId: randomUUID(),
    }))
    const address = await settle(db, people)
    const signer = await createTokenSigner(db)
    const [warmUp = '', ...tokens] = people.map(({ userId, sessionId }) =>
      signer.tokenOf(userId, { sessionId }),
    )
    const credentials = createCredentials({ db, fanout: createMemoryFanout() })
    const access = createAccess({ db })
    const check = (token: string) => verifyCaller(credentials, token)
    const readRights = async (token: string) => {
      const caller = await check(token)
      const begin = performance.now()
      const found = await access.panelAccess(caller, address)
      const ms = performance.now() - begin
      if (found?.role !== 'editor') throw new Error('there are no rights')
      return ms
    }
    await readRights(warmUp)
    const signatures = await timesOf(tokens, (token) => credentials.verifier.verify(token))
    const again = await timesOf(tokens, (token) => credentials.verifier.verify(token))
    const rights: number[] = []
    for (const token of tokens) rights.push(await readRights(token))
    const figures = {
      tokenFirst: toSeries(signatures),
      tokenAgain: toSeries(again),
      rights: toSeries(rights),
    }
    writeResult({
      name: 'caller-check',
      what: `${count} people, one after the other, ms: their access tokens checked for the first time (the signature) and again within a minute; what they may do with a panel, asked of the database`,
      bar: `token p95 ≤ ${BAR.tokenMs} ms, first and again; rights p95 ≤ ${BAR.rightsMs} ms`,
      isMet:
        figures.tokenFirst.p95 <= BAR.tokenMs &&
        figures.tokenAgain.p95 <= BAR.tokenMs &&
        figures.rights.p95 <= BAR.rightsMs,
      figures,
      runs: [],
    })
  } finally {
    await close()
    await postgres.stop()
  }
}

async function timesOf<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (const item of items) {
    const begin = performance.now()
    await act(item)
    times.push(performance.now() - begin)
  }
  return times
}

interface Person {
  readonly userId: UserId
  readonly sessionId: string
}

interface PanelAddress {
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId
}

/** Everybody signed in, editors of one workspace with one panel. */
async function settle(db: Db, people: readonly Person[]): Promise<PanelAddress> {
  const [workspaceId, panelId] = [createWorkspaceId(), createPanelId()]
  const [owner] = people as readonly [Person, ...Person[]]
  const document: DocumentName = panelDocumentName(workspaceId, panelId)
  for (const { userId, sessionId } of people) {
    await db
      .insertInto('users')
      .values({ id: userId, name: 'Ada', email: `${userId}@example.org`, email_verified: true, image: null })
      .execute()
    await db
      .insertInto('sessions')
      .values({
        id: sessionId,
        token: sessionId,
        user_id: userId,
        expires_at: new Date(Date.now() + 3_600_000),
        ip_address: null,
        user_agent: null,
        updated_at: new Date(),
      })
      .execute()
  }
  await db
    .insertInto('workspaces')
    .values({ id: workspaceId, name: 'Bench', owner_id: owner.userId })
    .execute()
  await db
    .insertInto('workspace_members')
    .values(people.map(({ userId }) => ({ workspace_id: workspaceId, user_id: userId, role: 'editor' })))
    .execute()
  await db
    .insertInto('panels')
    .values({
      id: panelId,
      workspace_id: workspaceId,
      name: 'Panel',
      panel_type: 'free-form',
      position: 0,
      created_by: owner.userId,
    })
    .execute()
  await createSqlUpdateLog(db).create([
    {
      document,
      workspaceId,
      panelId,
      first: {
        userId: owner.userId,
        triggeredBy: 'user',
        triggerSource: null,
        clientSession: null,
        changeType: 'created',
        update: Y.encodeStateAsUpdate(new Y.Doc()),
      },
    },
  ])
  return { workspaceId, panelId }
}
