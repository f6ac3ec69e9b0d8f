import type { WorkspaceSummary } from '../../api/shapes.ts'

/** Workspaces whose name or description holds every word of `query`; archived ones only when asked for. */
export function matchingWorkspaces(
  items: readonly WorkspaceSummary[],
  { query, withArchived }: { query: string; withArchived: boolean },
): WorkspaceSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return items.filter((item) => {
    const text = `${item.name} ${item.description}`.toLowerCase()
    return (withArchived || item.status !== 'archived') && words.every((word) => text.includes(word))
  })
}
