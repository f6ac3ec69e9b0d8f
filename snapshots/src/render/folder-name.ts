import type { PanelId } from '@nexus/core'

/** Longest part of a folder name that comes from the panel's name, characters. */
const SLUG_CHARS = 40

interface NamedPanel {
  readonly id: PanelId
  readonly name: string
}

/**
 * The folder of each panel below `panels/`: `<slug of the name>-<last 8 digits of the id>`. Two panels of one
 * workspace never share a folder, also on file systems that ignore case: where they would, the whole id is used.
 */
export function toFolderNames(panels: readonly NamedPanel[]): Map<PanelId, string> {
  const short = panels.map((panel) => `${toSlug(panel.name)}-${panel.id.slice(-8)}`)
  const counts = Map.groupBy(short, (folder) => folder)
  return new Map(
    panels.map((panel, index) => {
      const folder = short[index] as string
      const isShared = (counts.get(folder)?.length ?? 0) > 1
      return [panel.id, isShared ? `${toSlug(panel.name)}-${panel.id}` : folder]
    }),
  )
}

/** Lower-case ASCII letters, digits and single dashes; `panel` when nothing of the name can be kept. */
export function toSlug(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return words.slice(0, SLUG_CHARS).replace(/^-+|-+$/g, '') || 'panel'
}
