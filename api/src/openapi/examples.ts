/** What requests and answers look like, told along one story: a shopping list and a second panel that counts. */
interface OperationExamples {
  /** Media type → name → example. */
  readonly bodies?: Readonly<Record<string, Readonly<Record<string, Example>>>>
  /** Of the answer that went well. */
  readonly answer?: unknown
}

interface Example {
  readonly summary: string
  readonly value: unknown
}

const JSON_TYPE = 'application/json'
const JSON_PATCH_TYPE = 'application/json-patch+json'
const MERGE_PATCH_TYPE = 'application/merge-patch+json'

const WORKSPACE_ID = '01994a52-0000-7000-8000-000000000001'
export const LIST_ID = '01994a52-0000-7000-8000-000000000002'
export const COUNT_ID = '01994a52-0000-7000-8000-000000000003'
const USER_ID = '01994a52-0000-7000-8000-000000000004'
const SNAPSHOT_ID = '01994a52-0000-7000-8000-000000000005'
const COMMIT = '3f2504e04f8941d39a0c0305e82c330112345678'
const SAVED_AT = '2026-01-31T12:00:00.000Z'

const MILK = { id: 't1', title: 'Milk', done: false }
const BREAD = { id: 't2', title: 'Bread', done: false }
const LIST = { $state: { title: 'Shopping', tasks: [MILK, BREAD] }, $computed: {} }
const KEPT = {
  snapshotId: SNAPSHOT_ID,
  panelCount: 2,
  totalSizeBytes: 412,
  gitCommitHash: COMMIT,
  createdAt: SAVED_AT,
}

/** By `operationId`. A test sends the bodies, in this order, and compares the answers. */
export const EXAMPLES: Readonly<Record<string, OperationExamples>> = {
  replaceState: {
    bodies: {
      [JSON_TYPE]: {
        all: {
          summary: 'The whole state; what is as it was is not written again',
          value: { state: { $state: { title: 'Shopping', tasks: [MILK] } } },
        },
        strict: {
          summary: 'Only if nobody was faster, and with its reason',
          value: {
            state: { $state: { title: 'Shopping', tasks: [MILK] } },
            version: 2,
            strict: true,
            triggeredBy: 'ai',
            triggerSource: 'shopping assistant',
          },
        },
      },
    },
    answer: { success: true, version: 2, updatedAt: SAVED_AT },
  },
  patchState: {
    bodies: {
      [JSON_PATCH_TYPE]: {
        operations: {
          summary: 'RFC 6902: all operations or none',
          value: [
            { op: 'test', path: '/$state/tasks/0/id', value: 't1' },
            { op: 'replace', path: '/$state/tasks/0/done', value: true },
            { op: 'add', path: '/$state/tasks/-', value: BREAD },
          ],
        },
        fromAVersion: {
          summary: 'Made for version 2, merged into the newest',
          value: { patches: [{ op: 'replace', path: '/$state/title', value: 'Groceries' }], version: 2 },
        },
        increment: {
          summary: 'Our own operation: adds to a number or counter',
          value: [
            { op: 'add', path: '/$state/bought', value: 0 },
            { op: 'increment', path: '/$state/bought', value: 2 },
          ],
        },
      },
      [MERGE_PATCH_TYPE]: {
        members: {
          summary: 'RFC 7396: members replace, null removes',
          value: { $state: { title: 'Shopping', bought: null } },
        },
      },
    },
    answer: { success: true, version: 3, appliedPatches: 3, updatedAt: SAVED_AT },
  },
  readState: {
    answer: { panelId: LIST_ID, workspaceId: WORKSPACE_ID, version: 3, updatedAt: SAVED_AT, state: LIST },
  },
  changeStates: {
    bodies: {
      [JSON_TYPE]: {
        twoPanels: {
          summary: 'Two panels in one commit, or none of them',
          value: {
            changes: [
              { panelId: LIST_ID, patches: [{ op: 'remove', path: '/$state/tasks/0' }] },
              { panelId: COUNT_ID, mergePatch: { $state: { left: 1 } } },
            ],
            triggerSource: 'checkout',
          },
        },
      },
    },
    answer: {
      success: true,
      panels: [
        { panelId: LIST_ID, version: 4, updatedAt: SAVED_AT },
        { panelId: COUNT_ID, version: 2, updatedAt: SAVED_AT },
      ],
    },
  },
  readHistory: {
    answer: {
      panelId: LIST_ID,
      totalChanges: 4,
      history: [
        {
          id: `${LIST_ID}:4`,
          changeType: 'updated',
          patch: [{ op: 'remove', path: '/$state/tasks/0' }],
          previousVersion: 3,
          version: 4,
          userId: USER_ID,
          triggeredBy: 'api',
          triggerSource: 'checkout',
          sizeBytes: 24,
          occurredAt: SAVED_AT,
        },
      ],
    },
  },
  readDiff: {
    answer: { from: 2, to: 3, patch: [{ op: 'add', path: '/$state/tasks/1', value: BREAD }] },
  },
  readBlame: {
    answer: [
      {
        pointer: '/$state/tasks/0/title',
        version: 3,
        userId: USER_ID,
        triggeredBy: 'api',
        occurredAt: SAVED_AT,
      },
    ],
  },
  revertState: {
    bodies: {
      [JSON_TYPE]: {
        toVersion2: { summary: 'As it was at version 2', value: { targetVersion: 2 } },
      },
    },
    answer: { success: true, version: 5, revertedTo: 2, updatedAt: SAVED_AT },
  },
  readWorkspaceState: {
    answer: {
      workspaceId: WORKSPACE_ID,
      panels: { [LIST_ID]: { ...LIST, version: 5 } },
      totalPanels: 1,
      snapshotAt: SAVED_AT,
      gitCommit: COMMIT,
    },
  },
  createSnapshot: {
    bodies: {
      [JSON_TYPE]: {
        named: { summary: 'With a description', value: { description: 'Before the sale' } },
        plain: { summary: 'Nothing has to be said', value: {} },
      },
    },
    answer: KEPT,
  },
  listSnapshots: {
    answer: [{ ...KEPT, type: 'manual', description: 'Before the sale', createdBy: USER_ID }],
  },
  restoreWorkspace: {
    bodies: {
      [JSON_TYPE]: {
        preview: { summary: 'What would change', value: { snapshotId: SNAPSHOT_ID, preview: true } },
        onePanel: {
          summary: 'One panel, as a commit shows it',
          value: { gitCommit: COMMIT, panelIds: [LIST_ID] },
        },
      },
    },
    answer: {
      success: true,
      isPreview: false,
      restoredFrom: { snapshotId: null, gitCommit: COMMIT, snapshotAt: SAVED_AT },
      panels: [
        {
          panelId: LIST_ID,
          name: 'Shopping',
          change: 'changed',
          targetVersion: 5,
          previousVersion: 7,
          version: 8,
          isSourceChanged: false,
        },
      ],
      untouched: [],
      gone: [],
    },
  },
  listCommits: {
    answer: [
      {
        hash: COMMIT,
        message: 'Before the sale',
        author: { name: 'Ann', email: 'ann@example.org' },
        committedAt: SAVED_AT,
        panelsChanged: 2,
        snapshotId: SNAPSHOT_ID,
      },
    ],
  },
}
