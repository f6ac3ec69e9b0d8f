import { openPglite } from '@nexus/core/pglite'
import { migrate } from '@nexus/core/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signUp, somePanel, startTestApi } from './testkit/test-api.ts'

let database: Awaited<ReturnType<typeof openPglite>>
beforeAll(async () => {
  database = await openPglite({ dataDir: 'memory://' })
  await migrate(database.db)
})
afterAll(() => database.close())

test('[EMB1] on the embedded database people sign up, write at once and read what they wrote', async () => {
  const api = await startTestApi({ db: database.db })
  const people = await Promise.all([signUp(api), signUp(api), signUp(api)])
  const panels = await Promise.all(people.map((person) => somePanel(person, { initialState: { n: 0 } })))
  const [panel] = panels
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => panel?.patch([{ op: 'increment', path: '/$state/n', value: 1 }])),
  )
  expect(answers.map((answer) => answer?.body.version).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 2),
  )
  const strict = await panel?.put({ state: { $state: { n: 5 } } }, { 'if-match': '"1"' })
  expect(strict).toMatchObject({ status: 409, body: { currentVersion: 21 } })
  expect((await panel?.read())?.body).toMatchObject({ version: 21, state: { $state: { n: 20 } } })
  expect((await panel?.read('?version=11'))?.body.state.$state).toEqual({ n: 10 })
  const [ann] = people
  const { body } = await ann.call('GET', `/api/state/${ann.workspaceId}/snapshot`)
  expect(body.totalPanels).toBe(3)
  expect((await ann.call('DELETE', `/api/workspaces/${ann.workspaceId}`)).status).toBe(204)
  expect((await panel?.read())?.status).toBe(404)
})
