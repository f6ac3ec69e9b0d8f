import { type JsonObject, panelDocumentName, type Version } from '@nexus/core'
import { diffJson } from '@nexus/core/document'
import type { StateDiffView } from '@nexus/core/http-contract'
import type { Replicas } from '../replicas/replicas.ts'
import type { PanelAddress } from './read-state.ts'

/** What leads from one version of a panel to another, older or newer, as a JSON Patch. */
export async function readDiff(
  { replicas }: { readonly replicas: Replicas },
  { workspaceId, panelId }: PanelAddress,
  { from, to }: { readonly from: Version; readonly to: Version },
): Promise<StateDiffView> {
  const document = panelDocumentName(workspaceId, panelId)
  const [before, after] = await Promise.all(
    [from, to].map(async (version) => {
      const { state } = await replicas.readVersion(document, version)
      return JSON.parse(state.json)
    }),
  )
  return { from, to, patch: diffJson(before, after).map((operation): JsonObject => ({ ...operation })) }
}
