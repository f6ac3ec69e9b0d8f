import { parsePanelId, parseSnapshotId, parseVersion, type SnapshotId, type WorkspaceId } from '@nexus/core'
import type { Manifest } from '@nexus/core/sql'
import type { Signature } from '../git/repository.ts'

/** What the trailers of a commit of ours say; enough to write the ledger anew. */
export interface CommitFacts {
  /** Every snapshot the commit was made for. */
  readonly snapshotIds: readonly SnapshotId[]
  readonly manifest: Manifest
  readonly rendererVersion: number
}

interface CommitMessage extends CommitFacts {
  readonly subject: string
  /** Paragraphs between subject and trailers. */
  readonly body: readonly string[]
  readonly workspaceId: WorkspaceId
  readonly coAuthors: readonly Signature[]
}

/** The text of a commit message; the last paragraph is the trailers, as `git interpret-trailers` reads them. */
export function toMessage(message: CommitMessage): string {
  const trailers = [
    ...message.snapshotIds.map((id) => `Snapshot-Id: ${id}`),
    `Workspace-Id: ${message.workspaceId}`,
    `Renderer-Version: ${message.rendererVersion}`,
    ...Object.entries(message.manifest).map(([panelId, version]) => `Panel-Version: ${panelId} ${version}`),
    ...message.coAuthors.map(({ name, email }) => `Co-authored-by: ${name} <${email}>`),
  ]
  const said = [message.subject, ...message.body].map(withoutDivider)
  return `${[...said, trailers.join('\n')].join('\n\n')}\n`
}

/** To Git a line that begins with three dashes ends the message, and the trailers would be what is above it. */
const withoutDivider = (text: string): string => text.replace(/^(?=---(?:\s|$))/gm, ' ')

/**
 * Reads the last paragraph only, so that nothing a person has written is taken for a trailer.
 *
 * @returns Empty facts with renderer 0 for a commit that is not ours.
 */
export function parseMessage(message: string): CommitFacts {
  const trailers = message.trimEnd().split('\n\n').at(-1)?.split('\n') ?? []
  const valuesOf = (name: string): string[] =>
    trailers.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
  const manifest: Manifest = {}
  for (const value of valuesOf('Panel-Version')) {
    const [id, text] = value.split(' ')
    const panelId = parsePanelId(id)
    const version = parseVersion(text)
    if (panelId !== null && version !== null) manifest[panelId] = version
  }
  return {
    snapshotIds: valuesOf('Snapshot-Id')
      .map(parseSnapshotId)
      .filter((id) => id !== null),
    manifest,
    rendererVersion: Number(valuesOf('Renderer-Version')[0] ?? 0),
  }
}

/** What people read of a message: everything before the trailers of a commit of ours. */
export function withoutTrailers(message: string): string {
  const paragraphs = message.trimEnd().split('\n\n')
  const isOurs = parseMessage(message).rendererVersion > 0
  return (isOurs ? paragraphs.slice(0, -1) : paragraphs).join('\n\n')
}

/** One line without control characters, at most `maxChars` long; what people typed must not look like a trailer. */
export function toLine(text: string, maxChars: number): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
  const characters = [...line]
  return characters.length <= maxChars ? line : `${characters.slice(0, maxChars - 1).join('')}…`
}

/** A paragraph or more of free text, with line ends as Git likes them. */
export function toParagraphs(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
