import { expect, test } from 'vitest'
import { createNodeId, createPanelId, createWorkspaceId, toUserId } from '../model/ids.ts'
import { someAnnouncement } from '../testkit/describe-fanout.ts'
import type { Notice } from '../wire/notices.ts'
import { decodeAnnouncement, encodeAnnouncement } from './announcement-message.ts'
import { decodeNotice, encodeNotice, openMessage } from './messages.ts'
import { parseNotice } from './parse-notice.ts'

test('[FAN13] a message of a format this release does not know is refused, whatever follows', () => {
  const message = encodeAnnouncement(createNodeId(), someAnnouncement())
  message[0] = 99
  expect(() => openMessage(message)).toThrow('format 99')
})

test('[FAN13] a message that ends early is refused', () => {
  const announcement = someAnnouncement()
  const message = encodeAnnouncement(createNodeId(), announcement)
  for (let length = 0; length < message.length; length += 1) {
    expect(() => decodeAnnouncement(announcement.document, message.subarray(0, length))).toThrow()
  }
})

test('[FAN14] every kind of notice comes back as it was', () => {
  const [workspaceId, panelId] = [createWorkspaceId(), createPanelId()]
  const notices: Notice[] = [
    { type: 'workspace_changed', workspaceId },
    { type: 'workspace_deleted', workspaceId },
    { type: 'panels_changed', workspaceId, panelId },
    { type: 'panel_deleted', workspaceId, panelId },
    { type: 'member_changed', workspaceId, userId: toUserId('bob') },
    { type: 'snapshot_requested', workspaceId },
    { type: 'snapshot_created', workspaceId },
  ]
  for (const notice of notices) expect(decodeNotice(encodeNotice(createNodeId(), notice))).toEqual(notice)
})

test.each([
  null,
  7,
  [],
  {},
  { type: 'unheard_of' },
  { type: 'toString' },
  { type: 'workspace_changed', workspaceId: 'x' },
])('[FAN14] %j is no notice', (value) => {
  expect(parseNotice(value)).toBeNull()
})
