import { Document, Hocuspocus } from '@hocuspocus/server'
import { expect, test } from 'vitest'
import { LiveDocuments } from '../documents/live-documents.ts'
import { createUnloadGuard } from './unload-guard.ts'

test('[COL6] the old copy of a document cannot take the new one out of use', async () => {
  const instance = new Hocuspocus({ extensions: [createUnloadGuard({ documents: new LiveDocuments() })] })
  const [old, current] = [new Document('doc'), new Document('doc')]
  instance.documents.set('doc', current)
  await instance.unloadDocument(old)
  expect(instance.documents.get('doc')).toBe(current)
  expect(old.isDestroyed).toBe(false)
  await instance.unloadDocument(current)
  expect(instance.documents.has('doc')).toBe(false)
  old.destroy()
})
