import type { PanelId } from '@nexus/core'
import type { TreeHash } from '../git/repository.ts'
import { toLine } from './commit-message.ts'
import { type Change, fitSubject } from './fit-subject.ts'

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

/** What became of the content of panels, in phrases; of a panel that is not in it, it was not looked at. */
export type ContentChanges = ReadonlyMap<PanelId, readonly string[]>

const NAME_CHARS = 30
/** Of one panel, in the list below the subject; more are counted. */
const LISTED_PHRASES = 10
/** In that list; more are counted. */
const LISTED_CHANGES = 100
/** The bytes differ all the same: a new renderer wrote them. */
const NOTHING_CHANGED = 'Files laid out anew'

/**
 * What a commit did, in words: a subject, and a list of all changes when the subject does not say them all.
 * What people wrote is in it as single lines without control characters.
 */
export function describeChanges(
  before: Shown | null,
  after: Shown,
  contents: ContentChanges = new Map(),
): { subject: string; body: string[] } {
  if (before === null)
    return { subject: `First snapshot: ${countOf(after.panels.length, 'panel')}`, body: [] }
  const panels = panelChanges(before.panels, after.panels, contents)
  const changes = [...workspaceChanges(before, after), ...panels]
  if (changes.length === 0) return { subject: NOTHING_CHANGED, body: [] }
  const { subject, isWhole } = fitSubject(changes, {
    longest: LISTED_PHRASES,
    toEnding: (left) => `and ${countOf(left, left > panels.length ? 'more change' : 'more panel')}`,
  })
  return { subject, body: isWhole ? [] : [listOf(changes)] }
}

function panelChanges(
  before: readonly ShownPanel[],
  after: readonly ShownPanel[],
  contents: ContentChanges,
): Change[] {
  const former = new Map(before.map((panel) => [panel.id, panel]))
  const present = new Set(after.map((panel) => panel.id))
  const kept = after.flatMap((panel) => toChange(former.get(panel.id), panel, contents.get(panel.id)))
  const removed = before.filter((panel) => !present.has(panel.id))
  return [
    ...kept,
    ...removed.map(
      ({ name }) =>
        () =>
          `${toName(name)}: removed`,
    ),
  ]
}

function toChange(
  before: ShownPanel | undefined,
  after: ShownPanel,
  content: readonly string[] = ['changed'],
): Change[] {
  const name = toName(after.name)
  if (before === undefined) return [() => `${name}: added`]
  const isRenamed = before.name !== after.name
  const isChanged = before.tree !== after.tree && content.length > 0
  if (!isRenamed && !isChanged) return []
  return [
    (most) => {
      const renamed = most === 0 ? 'renamed' : `renamed from ${toName(before.name)}`
      const words = [...(isRenamed ? [renamed] : []), ...(isChanged ? [tellSome(content, most)] : [])]
      return `${name}: ${words.join(', ')}`
    },
  ]
}

/** As many of the phrases as asked for; what is left is counted. */
function tellSome(phrases: readonly string[], most: number): string {
  if (phrases.length <= most) return phrases.join(', ')
  if (most === 0) return 'changed'
  const told = phrases.slice(0, most - 1)
  return [...told, `${phrases.length - told.length} ${told.length > 0 ? 'more ' : ''}changes`].join(', ')
}

const toName = (name: string): string => toLine(name, NAME_CHARS) || 'Untitled'

function workspaceChanges(before: Shown, after: Shown): Change[] {
  const changes: Change[] = []
  if (before.name !== after.name)
    changes.push((most) => `workspace renamed${most === 0 ? '' : ` to ${toName(after.name)}`}`)
  if (before.description !== after.description) changes.push(() => 'description changed')
  if (isReordered(before.panels, after.panels)) changes.push(() => 'panels reordered')
  return changes
}

/** Only of panels that both have: adding or removing one moves nobody. */
function isReordered(before: readonly ShownPanel[], after: readonly ShownPanel[]): boolean {
  const inBefore = new Set(before.map((panel) => panel.id))
  const inAfter = new Set(after.map((panel) => panel.id))
  const order = before.filter((panel) => inAfter.has(panel.id))
  return after.filter((panel) => inBefore.has(panel.id)).some((panel, index) => panel.id !== order[index]?.id)
}

function listOf(changes: readonly Change[]): string {
  const lines = changes.slice(0, LISTED_CHANGES).map((change) => `- ${change(LISTED_PHRASES)}`)
  const left = changes.length - lines.length
  return [...lines, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n')
}

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
