import { type Connection, Document } from '@hocuspocus/server'
import { expect, test } from 'vitest'
import { createOneWrite } from './one-write.ts'

/** A document that one socket has open, and what that socket is asked to do. */
function openDocument() {
  const document = new Document('d')
  const asked: string[] = []
  const socket = { gather: () => asked.push('gather'), release: () => asked.push('release') }
  const connection = { messageAddress: 'd', context: { socket }, send: () => asked.push('send') }
  document.getConnections = () => [connection as unknown as Connection]
  const extension = createOneWrite()
  extension.afterLoadDocument?.({ document } as Parameters<typeof extension.afterLoadDocument>[0])
  return { document, asked }
}

test('[COL98] an edit and a move that wait together are written together', () => {
  const { document, asked } = openDocument()
  document.getMap('state').set('a', 1)
  document.awareness.setLocalStateField('cursor', 1)
  document.awareness.setLocalState({ cursor: 1 })
  document.flush()
  expect(asked).toEqual(['gather', 'send', 'send', 'release'])
  document.destroy()
})

test('[COL98] an edit alone is sent as it is', () => {
  const { document, asked } = openDocument()
  document.flush()
  document.getMap('state').set('a', 1)
  document.flush()
  expect(asked).toEqual(['send'])
  document.destroy()
})
