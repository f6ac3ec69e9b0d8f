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
/** More is cut off by the programs that show it. */
const SUBJECT_CHARS = 72
/** In the list below the subject; more are counted. */
const LISTED_PANELS = 100

/** The bytes differ all the same: a new renderer wrote them. */
const NOTHING_CHANGED = 'Files laid out anew'

type ChangeKind = 'changed' | 'added' | 'removed' | 'renamed'

interface PanelChange {
  readonly name: string
  readonly kinds: readonly ChangeKind[]
  readonly formerName?: string
  /** Of a changed one, when it was looked at. */
  readonly content?: string
}

/**
 * What a commit did, in words: a subject, and a list of the panels when the subject does not say it all.
 *
 * @param contents - What became of the content of panels, in words, as far as that was looked at.
 */
export function describeChanges(
  before: Shown | null,
  after: Shown,
  contents: ReadonlyMap<PanelId, string> = new Map(),
): { subject: string; body: string[] } {
  if (before === null)
    return { subject: `First snapshot: ${countOf(after.panels.length, 'panel')}`, body: [] }
  const changes = panelChanges(before.panels, after.panels, contents)
  const whole = workspaceChanges(before, after)
  const isFew = changes.length <= NAMED_PANELS
  const all = [...changes.map(toPhrase), ...whole].join('; ') || NOTHING_CHANGED
  if (isFew && all.length <= SUBJECT_CHARS) return { subject: all, body: [] }
  const counts = changes.length === 0 ? [] : [countKinds(changes)]
  const shorter = [
    ...(isFew ? [[...changes.map(toShortPhrase), ...whole].join('; ')] : []),
    [...counts, ...whole].join('; '),
    [...counts, 'workspace changed'].join('; '),
  ]
  return {
    subject: shorter.find((text) => text.length <= SUBJECT_CHARS) ?? 'Workspace changed',
    body: [listOf(changes, whole)],
  }
}

function panelChanges(
  before: readonly ShownPanel[],
  after: readonly ShownPanel[],
  contents: ReadonlyMap<PanelId, string>,
): PanelChange[] {
  const former = new Map(before.map((panel) => [panel.id, panel]))
  const present = new Set(after.map((panel) => panel.id))
  const kept = after.flatMap((panel) => toChange(former.get(panel.id), panel, contents.get(panel.id)))
  const removed = before.filter((panel) => !present.has(panel.id))
  return [...kept, ...removed.map(({ name }) => ({ name, kinds: ['removed'] as const }))]
}

function toChange(
  before: ShownPanel | undefined,
  after: ShownPanel,
  content: string | undefined,
): PanelChange[] {
  if (before === undefined) return [{ name: after.name, kinds: ['added'] }]
  const kinds: ChangeKind[] = []
  if (before.name !== after.name) kinds.push('renamed')
  if (before.tree !== after.tree) kinds.push('changed')
  if (kinds.length === 0) return []
  const change = { name: after.name, kinds, formerName: before.name }
  return [content === undefined ? change : { ...change, content }]
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

function toPhrase({ name, kinds, formerName, content }: PanelChange): string {
  const words = kinds.map((kind) => {
    if (kind === 'renamed') return `renamed from ${toLine(formerName ?? '', NAME_CHARS)}`
    return kind === 'changed' ? (content ?? kind) : kind
  })
  return `${toLine(name, NAME_CHARS)}: ${words.join(', ')}`
}

const toShortPhrase = ({ content: _, ...change }: PanelChange): string => toPhrase(change)

function listOf(changes: readonly PanelChange[], whole: readonly string[]): string {
  const lines = changes.slice(0, LISTED_PANELS).map((change) => `- ${toPhrase(change)}`)
  const left = changes.length - lines.length
  return [...whole.map((text) => `- ${text}`), ...lines, ...(left > 0 ? [`- and ${left} more`] : [])].join(
    '\n',
  )
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
