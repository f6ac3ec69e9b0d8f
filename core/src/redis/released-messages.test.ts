import { expect, test } from 'vitest'
import { createPanelId, type NodeId, toUserId, type WorkspaceId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { decodeAnnouncement } from './announcement-message.ts'
import { decodeNotice, decodePresence, openMessage } from './messages.ts'

// Bytes that a release has sent. They stay here as they are: during a rollout its processes talk to newer ones.
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

const DOCUMENT = 'w/p' as DocumentName
const ONE = '0192f3a4-0000-7000-8000-000000000001' as NodeId
const TWO = '0192f3a4-0000-7000-8000-000000000002' as NodeId
/** Format 1, published by {@link ONE}. */
const FROM_ONE = '012430313932663361342d303030302d373030302d383030302d303030303030303030303031'

test('[FLT5] an announcement of the first release is read', () => {
  const sent = bytes(
    `${FROM_ONE}2430313932663361342d303030302d373030302d383030302d30303030303030303030303207fbc2e4bea034` +
      '0203010361646108746f6f6c3a6164640301020300030104',
  )
  expect(openMessage(sent).origin).toBe(ONE)
  expect(decodeAnnouncement(DOCUMENT, sent)).toEqual({
    document: DOCUMENT,
    sender: TWO,
    fromVersion: toVersion(7),
    toVersion: toVersion(8),
    occurredAt: new Date('2026-11-23T10:00:00.123Z'),
    updates: [
      {
        update: Uint8Array.of(1, 2, 3),
        userId: toUserId('ada'),
        triggeredBy: 'ai',
        triggerSource: 'tool:add',
      },
      { update: Uint8Array.of(4), userId: null, triggeredBy: 'system', triggerSource: null },
    ],
  })
})

test('[FLT5] presence of the first release is read', () => {
  expect(decodePresence(DOCUMENT, bytes(`${FROM_ONE}0003090807`))).toEqual({
    document: DOCUMENT,
    sender: ONE,
    awareness: Uint8Array.of(9, 8, 7),
  })
})

test.each([
  'workspace_changed',
  'workspace_deleted',
  'panels_changed',
  'panel_deleted',
  'member_changed',
  'snapshot_requested',
  'snapshot_created',
])('[FLT5] the notice %s of the first release is read', (type) => {
  const panelId = createPanelId()
  const workspaceId = '0192f3a4-0000-7000-8000-00000000000a' as WorkspaceId
  const sent = { type, workspaceId, panelId, userId: 'ada', added: 'by a later release' }
  const text = Buffer.from(JSON.stringify(sent))
  const message = Buffer.concat([bytes(FROM_ONE), Buffer.from(varUint(text.length)), text])
  expect(decodeNotice(message)).toMatchObject({ type, workspaceId })
})

/** As lib0 writes lengths: seven bits a byte, the lowest first. */
const varUint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varUint(value >>> 7)]
