import { NO_VERSION, toVersion } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import type { CommitHash, Repository } from '../git/repository.ts'
import { NEXUS, readAuthorship } from './authorship.ts'
import type { Base } from './base.ts'
import { toMessage, toParagraphs } from './commit-message.ts'
import { type Cut, manifestOf, RENDERER_VERSION, type SnapshotRequest } from './cut.ts'
import { describeChanges } from './describe-changes.ts'
import type { LedgerSnapshot } from './ledger.ts'
import type { WrittenFiles } from './write-files.ts'

interface CommitDraft {
  readonly cut: Cut
  readonly base: Base | null
  readonly files: WrittenFiles
  readonly requests: readonly SnapshotRequest[]
  readonly snapshots: readonly LedgerSnapshot[]
}

/** Writes the commit of a draft; no branch knows it yet. */
export async function makeCommit(db: Db, repository: Repository, draft: CommitDraft): Promise<CommitHash> {
  const { cut, base, files } = draft
  const authorship = await readAuthorship(db, changedRanges(cut, base))
  const { subject, body } = describeChanges(base?.shown ?? null, files.shown, files.contents)
  const descriptions = draft.requests.map((request) => toParagraphs(request.description))
  const message = toMessage({
    subject,
    body: [...descriptions.filter((text) => text !== ''), ...body],
    snapshotIds: draft.snapshots.map((snapshot) => snapshot.id),
    workspaceId: cut.workspaceId,
    manifest: manifestOf(cut),
    rendererVersion: RENDERER_VERSION,
    coAuthors: authorship.coAuthors,
  })
  return repository.writeCommit({
    tree: files.tree,
    parent: base?.commit.hash ?? null,
    message,
    author: authorship.author,
    committer: NEXUS,
    time: commitTime(draft, authorship.newestAt),
  })
}

function changedRanges(cut: Cut, base: Base | null) {
  return cut.panels
    .map(({ id, document, version }) => {
      const after = toVersion(base?.manifest[id] ?? NO_VERSION)
      return { document, after, upTo: version }
    })
    .filter((range) => range.after < range.upTo)
}

/** Of the newest change the commit shows, and never before its parent: programs that walk by date rely on that. */
function commitTime({ cut, base, files }: CommitDraft, newestAt: Date | null): Date {
  const isTouched = base?.workspaceFile !== files.workspaceFile || newestAt === null
  const times = [newestAt, isTouched ? cut.touchedAt : null, base?.commit.time ?? null]
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)))
}
