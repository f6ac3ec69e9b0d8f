import { type DocumentName, toVersion } from '@nexus/core'
import { applyJsonPatch, FREE_FORM_MODEL, parseJsonPatch } from '@nexus/core/document'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { openEvents, until } from './testkit/subscribers.ts'
import { signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

test('[STA35] when the database is put back to an earlier moment, nothing is told of what came after it', async () => {
  const api = await startTestApi({ db: database.db })
  const ann = await signUp(api)
  const panel = await somePanel(ann, { initialState: { n: 1 } })
  for (let n = 2; n <= 6; n += 1) await panel.merge({ $state: { n, [`lost ${n}`]: true } })
  await panel.read('?version=4')
  const blame = () => ann.call('GET', `${panel.path}/blame`)
  await blame()
  const { events, state } = await openEvents(`${api.url}${panel.path}/events?token=${ann.token}`)
  await until(() => events.length === 1)

  await putBack(`${ann.workspaceId}/${panel.panelId}` as DocumentName, 2)
  await vi.waitFor(async () => {
    expect((await panel.read()).body).toMatchObject({
      version: 2,
      state: { $state: { n: 2, 'lost 2': true } },
    })
  }, 10_000)
  await until(() => state.isEnded)
  expect(events.at(-1)).toMatchObject({ type: 'state_error', message: { code: 'unavailable' } })

  for (let n = 10; n <= 14; n += 1) await panel.merge({ $state: { n, [`new ${n}`]: true } })
  const { body } = await panel.read()
  expect(body).toMatchObject({ version: 7, state: { $state: { n: 14, 'lost 2': true, 'new 10': true } } })
  expect(body.state.$state).not.toHaveProperty('lost 3')
  expect((await panel.read('?version=4')).body.state.$state).toEqual({
    n: 11,
    'lost 2': true,
    'new 10': true,
    'new 11': true,
  })
  expect(
    (await blame()).body.map(({ pointer, version }: Record<string, unknown>) => [pointer, version]),
  ).toContainEqual(['/$state/new 11', 4])
  const { history } = (await ann.call('GET', `${panel.path}/history`)).body
  const folded = new Y.Doc()
  for (const { patch } of history.toReversed()) applyJsonPatch(folded, FREE_FORM_MODEL, parseJsonPatch(patch))
  expect(folded.getMap('state').toJSON()).toEqual(body.state.$state)
})

async function putBack(document: DocumentName, version: number): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    for (const table of ['state_history', 'state_checkpoints'] as const) {
      await trx
        .deleteFrom(table)
        .where('document', '=', document)
        .where('version', '>', toVersion(version))
        .execute()
    }
    await trx
      .updateTable('panel_states')
      .set({ version: toVersion(version) })
      .where('document', '=', document)
      .execute()
  })
}
