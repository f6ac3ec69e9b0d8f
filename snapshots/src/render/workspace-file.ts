import { isJsonObject, type Json, type PanelId, parsePanelId, type WorkspaceId } from '@nexus/core'
import { toCanonicalJson } from './canonical-json.ts'

/** Of the layout of folders and files. Readers know every number up to their own. */
const FORMAT_VERSION = 1

/** One panel as `workspace.json` shows it. */
interface ListedPanel {
  readonly id: PanelId
  readonly name: string
  readonly type: string
  /** Below `panels/`. */
  readonly folder: string
}

interface WorkspaceFile {
  readonly id: WorkspaceId
  readonly name: string
  readonly description: string
  /** In the order of the sidebar. */
  readonly panels: readonly ListedPanel[]
}

/** The text of `workspace.json`. Pure. */
export function renderWorkspace(workspace: WorkspaceFile): string {
  return toCanonicalJson({
    formatVersion: FORMAT_VERSION,
    id: workspace.id,
    name: workspace.name,
    description: workspace.description,
    panels: workspace.panels.map(({ id, name, type, folder }) => ({ id, name, type, folder })),
  })
}

/** @returns What a `workspace.json` of ours says, or `null` for text that is none (somebody else's commit). */
export function parseWorkspaceFile(
  text: string,
): Pick<WorkspaceFile, 'name' | 'description' | 'panels'> | null {
  const value = parseJson(text)
  if (!isJsonObject(value) || typeof value.name !== 'string' || typeof value.description !== 'string')
    return null
  if (!Array.isArray(value.panels)) return null
  const panels = value.panels.map(parseListedPanel)
  if (!panels.every((panel) => panel !== null)) return null
  return { name: value.name, description: value.description, panels }
}

function parseListedPanel(value: Json): ListedPanel | null {
  if (!isJsonObject(value)) return null
  const { name, type, folder } = value
  const id = parsePanelId(value.id)
  if (id === null || typeof name !== 'string' || typeof type !== 'string' || typeof folder !== 'string')
    return null
  return { id, name, type, folder }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}
