import type { DocumentName, Fanout, LogEntry, Role, UpdateLog } from '@nexus/core'
import { NO_VERSION } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { createSqlUpdateLog, type Db } from '@nexus/core/sql'
import { createTokenSigner, type TokenSigner, withTestDatabase } from '@nexus/core/testkit'
import { afterEach, beforeAll, vi } from 'vitest'
import type { CollabOptions } from '../server.ts'
import { startNode, type TestNode, TestTab } from './test-node.ts'
import { createTestPanel, type TestPanel } from './test-workspace.ts'

interface Nodes {
  readonly db: Db
  /** The real log. */
  readonly log: UpdateLog
  readonly signer: TokenSigner
  /** A panel in a new workspace; `alice` owns it unless said otherwise. */
  panel(members?: Record<string, Role>): Promise<TestPanel>
  start(parts?: {
    readonly log?: UpdateLog
    readonly fanout?: Fanout
    readonly options?: Partial<CollabOptions>
    readonly port?: number
  }): Promise<TestNode>
  /** A browser tab of a user, closed at the end of the test. */
  tab(node: TestNode, user?: string): TestTab
  entriesOf(document: DocumentName): Promise<LogEntry[]>
}

/** Collaboration servers on a real PostgreSQL; what a test starts ends with it. */
export function withNodes(): Nodes {
  const database = withTestDatabase()
  const running: TestNode[] = []
  const tabs: TestTab[] = []
  let signer: TokenSigner | null = null
  beforeAll(async () => {
    signer = await createTokenSigner(database.db)
  })
  afterEach(async () => {
    for (const tab of tabs.splice(0)) tab.close()
    for (const node of running.splice(0)) await node.kill()
  })
  const theSigner = (): TokenSigner => {
    if (signer === null) throw new Error('The signer is there from the first beforeAll on.')
    return signer
  }
  return {
    get db() {
      return database.db
    },
    get log() {
      return createSqlUpdateLog(database.db)
    },
    get signer() {
      return theSigner()
    },
    panel: (members = { alice: 'owner', bob: 'editor' }) => createTestPanel(database.db, members),
    start: async (parts = {}) => {
      const node = await startNode({
        db: database.db,
        log: createSqlUpdateLog(database.db),
        fanout: createMemoryFanout(),
        ...parts,
      })
      running.push(node)
      return node
    },
    tab: (node, user = 'alice') => {
      const tab = new TestTab(node.url, () => theSigner().tokenOf(user))
      tabs.push(tab)
      return tab
    },
    entriesOf: (document) => createSqlUpdateLog(database.db).readTail(document, { after: NO_VERSION }),
  }
}

/** Resolves as soon as `condition` holds; asks often, so that tests need no clock. */
export const until = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`It did not come to: ${condition}`)
    },
    { timeout: 15_000, interval: 5 },
  )
