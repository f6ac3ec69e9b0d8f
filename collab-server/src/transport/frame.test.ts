import { OutgoingMessage } from '@hocuspocus/server'
import { createPanelId, createWorkspaceId, panelDocumentName } from '@nexus/core'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { frame } from '../testkit/raw-socket.ts'
import { classifyServerFrame, isPong, nameInAddress, parseClientFrame } from './frame.ts'

const name = panelDocumentName(createWorkspaceId(), createPanelId())

describe('what clients send', () => {
  test('[COL40] an edit says how many bytes it has', () => {
    const update = Y.encodeStateAsUpdate(new Y.Doc())
    expect(parseClientFrame(frame(name, 0, 2, update))).toEqual({
      kind: 'update',
      address: name,
      updateBytes: update.byteLength,
    })
  })

  test('[COL40] a session id behind the name belongs to the address, not to the name', () => {
    const parsed = parseClientFrame(frame(`${name}\0abc`, 2, 0, 'token'))
    expect(parsed?.kind).toBe('auth')
    expect(nameInAddress(parsed?.address ?? '')).toBe(name)
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['a length beyond the end', Uint8Array.of(200, 1, 2)],
    ['an update longer than its frame', Uint8Array.of(1, 97, 0, 2, 90, 1)],
    ['a type only servers send', frame(name, 8, 1)],
    ['a type nobody knows', frame(name, 77)],
    ['an address of a thousand characters', frame('x'.repeat(1_000), 2, 0, 'token')],
    ['text that is not UTF-8', Uint8Array.of(2, 0xff, 0xfe, 2, 0, 0)],
  ])('[COL41] %s is no frame', (_title, bytes) => {
    expect(parseClientFrame(bytes)).toBeNull()
  })

  test('[COL42] the answer to a ping is one byte and no frame', () => {
    expect(isPong(Uint8Array.of(10))).toBe(true)
    expect(isPong(frame(name, 2, 0, 'token'))).toBe(false)
  })
})

describe('what Hocuspocus sends', () => {
  test('[COL1] "saved" is told apart from "not saved"', () => {
    const saved = new OutgoingMessage(name).writeSyncStatus(true).toUint8Array()
    const refused = new OutgoingMessage(name).writeSyncStatus(false).toUint8Array()
    expect(classifyServerFrame(saved).kind).toBe('ack')
    expect(classifyServerFrame(refused).kind).toBe('other')
  })

  test('[COL43] a refusal is read with its reason', () => {
    const bytes = new OutgoingMessage(name).writePermissionDenied('unavailable').toUint8Array()
    expect(classifyServerFrame(bytes)).toEqual({ kind: 'refusal', reason: 'unavailable' })
  })

  test('[COL1] an edit that ends like an ack is not one', () => {
    const message = new OutgoingMessage(name).createSyncMessage().writeUpdate(Uint8Array.of(1, 8, 1))
    expect(classifyServerFrame(message.toUint8Array()).kind).toBe('update')
  })
})
