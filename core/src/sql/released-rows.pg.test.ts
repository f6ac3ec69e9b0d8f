import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { buildDocument } from '../document/build-document.ts'
import { createPanelId, createWorkspaceId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import { someUpdate } from '../testkit/builders.ts'
import { withTestDatabase } from '../testkit/test-database.ts'
import { panelDocumentName } from '../wire/document-name.ts'
import { createSqlUpdateLog } from './sql-update-log.ts'

const database = withTestDatabase()

// What a release has written stays here as it is: stored formats are read for ever.
const UPDATES = [
  '0107e907000401046e786d6c0d3c4e6578757350616e656c2f3e270105737461746507656e7472696573000800e9070d02770161770162' +
    '280105737461746504646f6e6501792701057374617465056f776e6572012800e90711046e616d650177034164612800e90711036167' +
    '65017d2400',
  '0101e9071488e9070f017601046465657075037d017e7702c3a901e907010e01',
  '0101e90715a8e90710017801e907011001',
]
/** Of the first two. */
const CHECKPOINT =
  '0109e907000401046e786d6c0d3c4e6578757350616e656c2f3e270105737461746507656e7472696573000100e9070d0188e9070e0177' +
  '0162280105737461746504646f6e6501792701057374617465056f776e6572012800e90711046e616d650177034164612800e90711036167' +
  '65017d2488e9070f017601046465657075037d017e7702c3a901e907010e01'

/** By the statements of the first release: with its columns, and no other. */
async function writeAsFirstRelease() {
  const workspaceId = createWorkspaceId()
  const panelId = createPanelId()
  const document = panelDocumentName(workspaceId, panelId)
  await sql`
    insert into panel_states (document, workspace_id, panel_id, version, checkpoint_version, log_bytes, tail_bytes)
    values (${document}, ${workspaceId}::uuid, ${panelId}::uuid, 3, 2, 192, 17)
  `.execute(database.db)
  for (const [index, hex] of UPDATES.entries()) {
    await sql`
      insert into state_history (document, version, update_data, user_id, triggered_by, trigger_source, change_type,
                                 client_session, occurred_at)
      values (${document}, ${index + 1}, decode(${hex}, 'hex'), 'ada', 'ai', 'tool:add', 'updated', 'session', now())
    `.execute(database.db)
  }
  await sql`
    insert into state_checkpoints (document, version, state) values (${document}, 2, decode(${CHECKPOINT}, 'hex'))
  `.execute(database.db)
  return document
}

test('[FLT5] rows of the first release are read, and added to', async () => {
  const document = await writeAsFirstRelease()
  const log = createSqlUpdateLog(database.db)
  const expected = { entries: ['b', { deep: [1, null, 'é'] }], done: true, owner: { name: 'Ada', age: 36 } }
  const newest = await log.read(document)
  const second = await log.read(document, toVersion(2))
  const first = await log.read(document, toVersion(1))
  if (newest === null || second === null || first === null) throw new Error('the document is there')
  expect(newest).toMatchObject({ version: 3, checkpoint: { version: 2 } })
  expect(buildDocument(newest).getMap('state').toJSON()).toEqual(expected)
  expect(buildDocument(second).getMap('state').toJSON()).toEqual({ ...expected, done: false })
  expect(buildDocument(first).getMap('state').toJSON()).toMatchObject({ entries: ['a', 'b'] })
  expect(String(buildDocument(newest).getText('nxml'))).toBe('<NexusPanel/>')
  const [entry] = await log.readTail(document, { after: toVersion(2) })
  expect(entry).toMatchObject({ userId: 'ada', triggeredBy: 'ai', triggerSource: 'tool:add' })
  const outcomes = await log.append([{ document, updates: [someUpdate()] }])
  expect(outcomes).toMatchObject([{ state: 'appended', fromVersion: 4 }])
})
