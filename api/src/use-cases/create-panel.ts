import {
  createPanelId,
  type Fanout,
  isJsonObject,
  type JsonObject,
  NexusError,
  type PanelId,
  panelDocumentName,
  parsePanelId,
  type Receipt,
  type Receipts,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import { compilePanel } from '@nexus/core/nxml'
import { createSqlUpdateLog, type Db, type Trx } from '@nexus/core/sql'
import type { ApiOptions } from '../config.ts'
import { type Created, createOnce } from './create-once.ts'
import { newPanelDocument } from './new-documents.ts'
import { noWorkspace } from './workspace-rights.ts'

const MAX_NAME_CHARS = 200
const UNTITLED = 'Untitled'

export interface NewPanel {
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
  readonly name: string | null
  readonly panelType: string | null
  /** `null`: free-form. */
  readonly source: string | null
  readonly initialState: JsonObject | null
  /** A source with errors is taken as it is. */
  readonly isBrokenKept?: boolean
  /** Absent: at the end. */
  readonly position?: number
  readonly receipt: Receipt | null
}

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  readonly receipts: Receipts
  readonly options: ApiOptions
}

/**
 * Creates a panel at the end of its workspace, and its document with the first update, in one transaction.
 *
 * @throws {NexusError} `idempotency_key_reused`, `invalid_nxml`, `invalid_patch` or `payload_too_large` (initial state), `not_found` when the workspace has just been
 *   deleted. Nothing has been created then.
 */
export async function createPanel(parts: Parts, panel: NewPanel): Promise<Created<PanelId>> {
  const { workspaceId, receipt } = panel
  return createOnce(parts.receipts, {
    receipt,
    place: `a panel of ${workspaceId}`,
    toId: (uuid) => parsePanelId(uuid) ?? createPanelId(),
    documentOf: (panelId) => panelDocumentName(workspaceId, panelId),
    create: (panelId, keepReceipt) => insertPanel(parts, { ...panel, panelId, keepReceipt }),
  })
}

async function insertPanel(
  { db, fanout, options }: Parts,
  panel: NewPanel & {
    readonly panelId: PanelId
    readonly keepReceipt: (trx: Trx) => Promise<void>
  },
): Promise<void> {
  const { workspaceId, panelId, userId, source } = panel
  const initialState = panel.initialState === null ? null : withoutComputed(panel.initialState)
  refuseTooLarge(initialState, options)
  const document = newPanelDocument({
    workspaceId,
    panelId,
    userId,
    source,
    initialState,
    isBrokenKept: panel.isBrokenKept === true,
  })
  const described = describe(source)
  await db.transaction().execute(async (trx) => {
    const end = await nextPosition(trx, workspaceId)
    await trx
      .insertInto('panels')
      .values({
        id: panelId,
        workspace_id: workspaceId,
        name: panel.name ?? described.name,
        panel_type: panel.panelType ?? described.panelType,
        position: panel.position ?? end,
        created_by: userId,
        deleted_at: null,
      })
      .execute()
    await createSqlUpdateLog(trx).create([document])
    await panel.keepReceipt(trx)
  })
  fanout.publishNotice({ type: 'panels_changed', workspaceId, panelId })
}

function refuseTooLarge(initialState: JsonObject | null, { MAX_STATE_CHARS }: ApiOptions): void {
  if (JSON.stringify(initialState).length <= MAX_STATE_CHARS) return
  throw new NexusError('payload_too_large', `The state would exceed ${MAX_STATE_CHARS} characters.`)
}

/** What a panel is called when nobody says. */
function describe(source: string | null): { readonly name: string; readonly panelType: string } {
  if (source === null) return { name: UNTITLED, panelType: 'free-form' }
  const compilation = compilePanel(source)
  const title = compilation.state === 'valid' ? compilation.panel.meta.title.trim() : ''
  return { name: title.slice(0, MAX_NAME_CHARS).toWellFormed() || UNTITLED, panelType: 'custom' }
}

/** The value `GET` answers is taken too: its computed half says nothing about the state. */
function withoutComputed(initialState: JsonObject): JsonObject {
  const { $state: state, $computed: _computed, ...rest } = initialState
  if (state === undefined || Object.keys(rest).length > 0) return initialState
  if (isJsonObject(state)) return state
  throw new NexusError('validation_failed', 'The state below $state must be an object.', {
    details: { pointer: '/initialState/$state' },
  })
}

/** Holds the workspace's row until the transaction ends, so that two new panels do not get one place. */
async function nextPosition(trx: Trx, workspaceId: WorkspaceId): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('workspaces')
    .set({ updated_at: new Date() })
    .where('id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw noWorkspace()
  const { last } = await trx
    .selectFrom('panels')
    .select(({ fn }) => fn.max('position').as('last'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return Math.floor(last ?? 0) + 1
}
