import { createPanelId, createSnapshotId, createWorkspaceId } from '@nexus/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMessage, toLine, toMessage, toParagraphs } from './commit-message.ts'

const someMessage = () => ({
  subject: 'Todo: changed',
  body: [],
  snapshotIds: [createSnapshotId(), createSnapshotId()],
  workspaceId: createWorkspaceId(),
  rendererVersion: 1,
  manifest: { [createPanelId()]: 7, [createPanelId()]: 1 },
  coAuthors: [{ name: 'Ada', email: 'ada@example.org' }],
})

test('[SNAP5] the trailers of a commit say which snapshots and versions it shows', () => {
  const message = someMessage()
  const { snapshotIds, manifest, rendererVersion } = message
  expect(parseMessage(toMessage(message))).toEqual({ snapshotIds, manifest, rendererVersion })
})

test('[SNAP5] nothing a person writes is taken for a trailer', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string(), fc.constantFrom('\n', '\r', '\n\n', `Panel-Version: ${createPanelId()} 9`)),
      ),
      (parts) => {
        const text = parts.join('')
        const message = someMessage()
        const written = toMessage({ ...message, subject: toLine(text, 72), body: [toParagraphs(text)] })
        expect(parseMessage(written).manifest).toEqual(message.manifest)
      },
    ),
  )
})

test('[SNAP5] a commit of somebody else says nothing', () => {
  expect(parseMessage('Merge branch x\n')).toEqual({ snapshotIds: [], manifest: {}, rendererVersion: 0 })
})
