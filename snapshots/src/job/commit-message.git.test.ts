import { createPanelId, createWorkspaceId } from '@nexus/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trailersOf } from '../testkit/real-git.ts'
import { toLine, toMessage, toParagraphs } from './commit-message.ts'

const FORGED = 'Co-authored-by: Eve <eve@example.org>'

/** A message in which somebody wrote `text` wherever people write something. */
function messageWith(text: string) {
  const panelId = createPanelId()
  const workspaceId = createWorkspaceId()
  const message = toMessage({
    subject: toLine(text, 72),
    body: [toParagraphs(text), `- ${toLine(text, 72)}`],
    snapshotIds: [],
    workspaceId,
    rendererVersion: 1,
    manifest: { [panelId]: 7 },
    coAuthors: [{ name: 'Ada', email: 'ada@example.org' }],
  })
  const trailers = [
    `Workspace-Id: ${workspaceId}`,
    'Renderer-Version: 1',
    `Panel-Version: ${panelId} 7`,
    'Co-authored-by: Ada <ada@example.org>',
  ]
  return { message, trailers }
}

test.each([
  `X\n\n${FORGED}`,
  `X\r\n\r\n${FORGED}\r\n`,
  `X\n\n${FORGED}\n---\nmore`,
  `X\n\n${FORGED}\n---`,
  `---\n\n${FORGED}`,
  `--- a/file\n\n${FORGED}`,
  `X\u2028\u2028${FORGED}`,
  `X\n\n${FORGED}\n\n# comment`,
  `${FORGED}\n \n\t\n`,
])('[SNAP5] git itself takes nothing of %j for a trailer', async (text) => {
  const { message, trailers } = messageWith(text)
  expect(await trailersOf(message)).toEqual(trailers)
})

test('[SNAP5] nor of whatever else people write', async () => {
  const part = fc.oneof(
    fc.constantFrom('\n', '\n\n', '\r', ' ', '---', '--- ', '#', ':', FORGED, '(cherry picked from x)', '\0'),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
      const { message, trailers } = messageWith(parts.join(''))
      expect(await trailersOf(message)).toEqual(trailers)
    }),
    { numRuns: 60 },
  )
})
