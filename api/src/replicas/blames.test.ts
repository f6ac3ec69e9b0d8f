import { NexusError, type UpdateLog } from '@nexus/core'
import { MemoryUpdateLog } from '@nexus/core/memory'
import { createGatedLog, someDocument, someUpdate } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { createBlames } from './blames.ts'
import { createPastDocuments } from './past-documents.ts'

test('[HIS11] one who asks while another is refused is not refused with it', async () => {
  const memory = new MemoryUpdateLog()
  const created = someDocument()
  const { document } = created
  await memory.create([created])
  const [outcome] = await memory.append([{ document, updates: [someUpdate(), someUpdate()] }])
  if (outcome?.state !== 'appended') throw new Error('not appended')
  let failures = 1
  const log: UpdateLog = {
    ...createGatedLog(memory),
    readTail: (name, range) => {
      failures -= 1
      if (failures >= 0) return Promise.reject(new NexusError('unavailable', 'away'))
      return memory.readTail(name, range)
    },
  }
  const blames = createBlames({ log, past: createPastDocuments({ log }) })
  const head = outcome.toVersion
  const [first, second] = [blames.read(document, head), blames.read(document, head)]
  await expect(first).rejects.toMatchObject({ code: 'unavailable' })
  expect(await second).toMatchObject({ version: head })
  expect(await blames.read(document, head)).toMatchObject({ version: head })
})
