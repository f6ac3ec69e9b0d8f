import {
  isJsonObject,
  type JsonObject,
  type PanelId,
  panelDocumentName,
  type Receipt,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import type { Created } from './create-once.ts'
import { createPanel } from './create-panel.ts'
import { listPanels, readPanel } from './read-panels.ts'

type Parts = Parameters<typeof createPanel>[0] & Parameters<typeof readPanel>[0]

interface Original {
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId
}

/**
 * Makes a panel with the source and state of another, as they are saved, right behind it. Its history begins anew.
 *
 * @param copy - `name` of `null`: the original's, with "(copy)".
 * @throws {NexusError} `not_found`, `payload_too_large`, `idempotency_key_reused`. Nothing has been created then.
 */
export async function duplicatePanel(
  parts: Parts,
  { workspaceId, panelId }: Original,
  copy: { readonly userId: UserId; readonly name: string | null; readonly receipt: Receipt | null },
): Promise<Created<PanelId>> {
  const original = await readPanel(parts, { workspaceId, panelId })
  const { state } = await parts.replicas.readVersion(
    panelDocumentName(workspaceId, panelId),
    original.version as Parameters<Parts['replicas']['readVersion']>[1],
  )
  const { name, position } = await placeBehind(parts.db, workspaceId, original)
  return createPanel(parts, {
    workspaceId,
    userId: copy.userId,
    name: copy.name ?? name,
    panelType: original.panelType,
    source: original.nxmlSource,
    initialState: stateOf(state.json),
    isBrokenKept: true,
    position,
    receipt: copy.receipt,
  })
}

function stateOf(json: string): JsonObject {
  const { $state: state } = JSON.parse(json)
  return isJsonObject(state) ? state : {}
}

const MAX_NAME_CHARS = 200

/** "Notes (copy)", then "Notes (copy 2)" …, between the original and what follows it. */
async function placeBehind(
  db: Db,
  workspaceId: WorkspaceId,
  original: { readonly id: string; readonly name: string; readonly position: number },
): Promise<{ readonly name: string; readonly position: number }> {
  const panels = await listPanels(db, workspaceId)
  const next = panels[panels.findIndex(({ id }) => id === original.id) + 1]
  const names = new Set(panels.map(({ name }) => name))
  const base = original.name.replace(/ \(copy( \d+)?\)$/, '')
  const named = (suffix: string) => `${base.slice(0, MAX_NAME_CHARS - suffix.length).toWellFormed()}${suffix}`
  let name = named(' (copy)')
  for (let number = 2; names.has(name); number += 1) name = named(` (copy ${number})`)
  const end = next?.position ?? original.position + 1
  return { name, position: (original.position + end) / 2 }
}
