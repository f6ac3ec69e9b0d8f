import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { COUNT_ID, EXAMPLES, LIST_ID } from './openapi/examples.ts'
import { RESPONSE_HEADERS } from './openapi/headers.ts'
import { createOpenApiDocument } from './openapi/openapi-document.ts'
import { type Answer, type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
/** Answered by the snapshot worker, which does not run here. */
const NEEDS_WORKER = ['createSnapshot', 'restoreWorkspace']

const operations = Object.entries(createOpenApiDocument().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
)

const operationOf = (id: string) => {
  const found = operations.find(({ operationId }) => operationId === id)
  if (found === undefined) throw new Error(`There is no operation ${id}.`)
  return found
}

/** Which headers an answer has of those the document knows, and which it says it has. */
function headersOf(id: string, { status, headers }: Answer): { sent: string[]; documented: string[] } {
  const documented = Object.keys(operationOf(id).responses[status]?.headers ?? {})
  return {
    sent: Object.keys(RESPONSE_HEADERS)
      .filter((name) => headers.has(name))
      .toSorted(),
    documented: documented.filter((name) => name !== 'Idempotency-Replayed').toSorted(),
  }
}

async function someone() {
  const api = await startTestApi({ db: database.db })
  const ann = await signUp(api)
  const list = await somePanel(ann, { initialState: { title: '', tasks: [] } })
  const count = await somePanel(ann, { initialState: { left: 2 } })
  const ids = { workspaceId: ann.workspaceId, panelId: list.panelId }
  const toReal = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll(LIST_ID, list.panelId).replaceAll(COUNT_ID, count.panelId))
  return { api, ann, ids, toReal }
}

const ask = (
  person: Person,
  id: string,
  {
    ids,
    query = '',
    ...rest
  }: {
    ids: Record<string, string>
    query?: string
    body?: unknown
    headers?: Record<string, string>
  },
): Promise<Answer> => {
  const { method, path } = operationOf(id)
  return person.call(
    method.toUpperCase(),
    path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? 'x') + query,
    rest,
  )
}

test('[OAS9] requests as in the examples, one after the other, are answered as there', async () => {
  const { ann, ids, toReal } = await someone()
  const queries: Record<string, string> = {
    readDiff: '?from=2&to=3',
    readBlame: '?pointer=/$state/tasks/0/title',
  }
  for (const [id, { bodies, answer }] of Object.entries(EXAMPLES)) {
    if (NEEDS_WORKER.includes(id)) continue
    const requests = Object.entries(bodies ?? {}).flatMap(([type, examples]) =>
      Object.values(examples).map(({ value }) => ({
        body: toReal(value),
        headers: { 'content-type': type },
      })),
    )
    for (const request of requests.length === 0 ? [{}] : requests) {
      const answered = await ask(ann, id, { ids, query: queries[id] ?? '', ...request })
      expect([id, request, answered.status, answered.body]).toEqual([id, request, 200, expect.anything()])
      expect([id, keysOf(answered.body)]).toEqual([id, keysOf(answer, answered.body)])
    }
  }
})

/** Names of members; of a list, of its first item. An empty answer has any. */
function keysOf(value: unknown, otherwise: unknown = value): string[] {
  if (Array.isArray(otherwise) && otherwise.length === 0) return []
  const one: unknown = Array.isArray(value) ? value[0] : value
  return Object.keys((one ?? {}) as object).toSorted()
}

test('[OAS8] answers have the headers the document says, and no other it knows', async () => {
  const { api, ann, ids } = await someone()
  const state = { state: { $state: { title: 'x' } } }
  const patch = { body: { $state: { n: 1 } }, headers: { 'content-type': 'application/merge-patch+json' } }
  const eve = await signUp(api)
  const answers: [string, Answer][] = [
    ['readState', await ask(ann, 'readState', { ids })],
    ['readState', await ask(ann, 'readState', { ids, headers: { 'if-none-match': '"1"' } })],
    ['readState', await ask(eve, 'readState', { ids })],
    ['readState', await api.call('GET', `/api/state/${ids.workspaceId}/${ids.panelId}`)],
    ['replaceState', await ask(ann, 'replaceState', { ids, body: state })],
    ['replaceState', await ask(ann, 'replaceState', { ids, body: {} })],
    ['patchState', await ask(ann, 'patchState', { ids, ...patch })],
    ['patchState', await ask(ann, 'patchState', { ids, body: 1, headers: { 'content-type': 'text/x' } })],
    ['replaceState', await ask(ann, 'replaceState', { ids, body: 1, headers: { 'content-type': 'text/x' } })],
    ['revertState', await ask(ann, 'revertState', { ids, body: { targetVersion: 1 } })],
    ['readHistory', await ask(ann, 'readHistory', { ids })],
    ['createPanel', await ask(ann, 'createPanel', { ids, body: { workspaceId: ids.workspaceId } })],
    ['readPanel', await ask(ann, 'readPanel', { ids })],
    ['readWorkspace', await ask(ann, 'readWorkspace', { ids })],
    ['listLibrary', await ask(ann, 'listLibrary', { ids })],
    ['logIn', await ask(ann, 'logIn', { ids, body: { email: ann.email, password: 'wrong' } })],
    ['logOut', await ask(ann, 'logOut', { ids })],
  ]
  for (const [id, answer] of answers) {
    const { sent, documented } = headersOf(id, answer)
    expect([id, answer.status, sent]).toEqual([id, answer.status, documented])
  }
})

test('[OAS8] a repeated request is answered with the header for it, where the document has it', async () => {
  const { ann, ids } = await someone()
  const asked = { ids, body: { state: { $state: { title: 'x' } } }, headers: { 'idempotency-key': 'k' } }
  const first = await ask(ann, 'replaceState', asked)
  const second = await ask(ann, 'replaceState', asked)
  expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
  const keyed = operations.filter(({ parameters }) =>
    parameters.some(({ name }) => name === 'Idempotency-Key'),
  )
  const told = operations.filter(({ responses }) =>
    Object.values(responses).some(({ headers }) => 'Idempotency-Replayed' in headers),
  )
  expect(told).toEqual(keyed)
})
