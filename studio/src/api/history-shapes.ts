import { isJsonObject, type JsonObject } from '@nexus/core'
import type {
  CommitDiffView,
  CommitEntry,
  HistoryEntry,
  RestoredPanel,
  RestoredWorkspaceView,
} from '@nexus/core/http-contract'

/** One commit of a workspace, as the list shows it. */
export interface Commit {
  readonly hash: string
  /** The first line of its message. */
  readonly subject: string
  /** What comes below it; '' when nothing does. */
  readonly body: string
  readonly author: string
  /** RFC 3339. */
  readonly committedAt: string
}

/** What a commit did to one file. */
export type FileDiff = CommitDiffView['files'][number]

/** What restoring would do, or has done. */
export interface Restoration {
  /** Panels that become, or have become, something else. */
  readonly changed: readonly { readonly id: string; readonly name: string; readonly isBroughtBack: boolean }[]
  readonly unchangedCount: number
  /** Panels that have been made since; nothing is done to them. */
  readonly untouchedCount: number
  /** Panels that are not here any more, and do not come back. */
  readonly goneCount: number
}

type Entry = Pick<HistoryEntry, 'version' | 'userId' | 'triggeredBy' | 'changeType' | 'occurredAt'>

/** One version of a panel. */
export interface PanelVersion extends Omit<Entry, 'changeType'> {
  readonly kind: HistoryEntry['changeType']
  /** What it did to the state; computed values follow from that. */
  readonly patch: readonly JsonObject[]
}

export const toPanelVersion = (entry: Entry & { readonly patch: readonly object[] }): PanelVersion => ({
  version: entry.version,
  userId: entry.userId,
  triggeredBy: entry.triggeredBy,
  occurredAt: entry.occurredAt,
  kind: entry.changeType,
  patch: entry.patch.filter(isJsonObject).filter(({ path }) => !String(path).startsWith('/$computed')),
})

export function toCommit({ hash, message, author, committedAt }: CommitEntry): Commit {
  const [subject = '', ...rest] = message.split('\n')
  return { hash, subject, body: rest.join('\n').trim(), author: author.name, committedAt }
}

interface Restored extends Pick<RestoredWorkspaceView, 'untouched' | 'gone'> {
  readonly panels: readonly Pick<RestoredPanel, 'panelId' | 'name' | 'change'>[]
}

export function toRestoration({ panels, untouched, gone }: Restored): Restoration {
  const changed = panels
    .filter(({ change }) => change !== 'unchanged')
    .map(({ panelId, name, change }) => ({ id: panelId, name, isBroughtBack: change === 'brought_back' }))
  return {
    changed,
    unchangedCount: panels.length - changed.length,
    untouchedCount: untouched.length,
    goneCount: gone.length,
  }
}
