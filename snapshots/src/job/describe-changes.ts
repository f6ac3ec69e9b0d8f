import type { PanelId } from '@nexus/core'
import type { TreeHash } from '../git/repository.ts'
import { toLine } from './commit-message.ts'

/** What one commit shows of a panel. */
export interface ShownPanel {
  readonly id: PanelId
  readonly name: string
  /** The panel's folder; equal hashes are equal files. */
  readonly tree: TreeHash
}

/** What one commit shows. */
export interface Shown {
  readonly name: string
  readonly description: string
  /** In the order of the sidebar. */
  readonly panels: readonly ShownPanel[]
}

/** Up to this many panels are named in the subject; more are counted. */
const NAMED_PANELS = 3
const NAME_CHARS = 30

type ChangeKind = 'changed' | 'added' | 'removed' | 'renamed'

interface PanelChange {
  readonly name: string
  readonly kinds: readonly ChangeKind[]
  readonly formerName?: string
}

/** What a commit did, in words: a subject, and a list of the panels when the subject only counts them. */
export function describeChanges(before: Shown | null, after: Shown): { subject: string; body: string[] } {
  if (before === null)
    return { subject: `First snapshot: ${countOf(after.panels.length, 'panel')}`, body: [] }
  const changes = panelChanges(before.panels, after.panels)
  const whole = workspaceChanges(before, after)
  if (changes.length <= NAMED_PANELS) {
    return { subject: [...changes.map(toPhrase), ...whole].join('; ') || 'Snapshot', body: [] }
  }
  return {
    subject: [countKinds(changes), ...whole].join('; '),
    body: [changes.map((change) => `- ${toPhrase(change)}`).join('\n')],
  }
}

function panelChanges(before: readonly ShownPanel[], after: readonly ShownPanel[]): PanelChange[] {
  const former = new Map(before.map((panel) => [panel.id, panel]))
  const present = new Set(after.map((panel) => panel.id))
  const kept = after.flatMap((panel) => toChange(former.get(panel.id), panel))
  const removed = before.filter((panel) => !present.has(panel.id))
  return [...kept, ...removed.map(({ name }) => ({ name, kinds: ['removed'] as const }))]
}

function toChange(before: ShownPanel | undefined, after: ShownPanel): PanelChange[] {
  if (before === undefined) return [{ name: after.name, kinds: ['added'] }]
  const kinds: ChangeKind[] = []
  if (before.name !== after.name) kinds.push('renamed')
  if (before.tree !== after.tree) kinds.push('changed')
  return kinds.length === 0 ? [] : [{ name: after.name, kinds, formerName: before.name }]
}

function workspaceChanges(before: Shown, after: Shown): string[] {
  const phrases: string[] = []
  if (before.name !== after.name) phrases.push(`workspace renamed to ${toLine(after.name, NAME_CHARS)}`)
  if (before.description !== after.description) phrases.push('description changed')
  if (isReordered(before.panels, after.panels)) phrases.push('panels reordered')
  return phrases
}

/** Only of panels that both have: adding or removing one moves nobody. */
function isReordered(before: readonly ShownPanel[], after: readonly ShownPanel[]): boolean {
  const inBefore = new Set(before.map((panel) => panel.id))
  const inAfter = new Set(after.map((panel) => panel.id))
  const order = before.filter((panel) => inAfter.has(panel.id))
  return after.filter((panel) => inBefore.has(panel.id)).some((panel, index) => panel.id !== order[index]?.id)
}

function toPhrase({ name, kinds, formerName }: PanelChange): string {
  const words = kinds.map((kind) =>
    kind === 'renamed' ? `renamed from ${toLine(formerName ?? '', NAME_CHARS)}` : kind,
  )
  return `${toLine(name, NAME_CHARS)}: ${words.join(', ')}`
}

function countKinds(changes: readonly PanelChange[]): string {
  const count = (kind: ChangeKind) => changes.filter((change) => change.kinds.includes(kind)).length
  const counts = (['changed', 'added', 'removed', 'renamed'] as const)
    .map((kind) => ({ kind, count: count(kind) }))
    .filter((entry) => entry.count > 0)
  return counts
    .map((entry, index) => `${index === 0 ? countOf(entry.count, 'panel') : entry.count} ${entry.kind}`)
    .join(', ')
}

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
