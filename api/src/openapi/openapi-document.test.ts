import { parseJsonPatch } from '@nexus/core/document'
import { jsonPatchOperation } from '@nexus/core/http-contract'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { apiFallbacks } from '../config.ts'
import { EXAMPLES } from './examples.ts'
import { DEFAULT_LIMITS } from './json-schemas.ts'
import { createOpenApiDocument, OPERATIONS } from './openapi-document.ts'

const document = createOpenApiDocument()

const isPatch = (operation: unknown): boolean => {
  try {
    return parseJsonPatch([operation]).length === 1
  } catch {
    return false
  }
}

test.each([
  { op: 'add', path: '/$state/a', value: null },
  { op: 'replace', path: '', value: { $state: {} } },
  { op: 'test', path: '/$state/a', value: [1] },
  { op: 'remove', path: '/$state/a' },
  { op: 'move', from: '/$state/a', path: '/$state/b' },
  { op: 'copy', from: '/$state/a', path: '/$state/b' },
  { op: 'increment', path: '/$state/a', value: -1.5 },
  { op: 'remove', path: '/$state/a', more: true },
  { op: 'add', path: '/$state/a' },
  { op: 'add', value: 1 },
  { op: 'remove' },
  { op: 'move', path: '/$state/a' },
  { op: 'copy', from: 5, path: '/$state/a' },
  { op: 'increment', path: '/$state/a' },
  { op: 'increment', path: '/$state/a', value: '1' },
  { op: 'merge', path: '/$state/a', value: 1 },
  { path: '/$state/a', value: 1 },
  null,
  'remove',
  [],
])('[OAS6] the operation %j is one for the document when it is one for the server', (operation) => {
  expect(jsonPatchOperation.safeParse(operation).success).toBe(isPatch(operation))
})

test('[OAS6] patches and states are described wherever they are sent or answered', () => {
  const text = JSON.stringify(document.components.schemas)
  for (const op of ['add', 'replace', 'test', 'remove', 'move', 'copy', 'increment'])
    expect(JSON.stringify(document.components.schemas.JsonPatchOperation)).toContain(`"${op}"`)
  const operation = { $ref: '#/components/schemas/JsonPatchOperation' }
  const { JsonPatch, PutState, MergePatch, HistoryEntry, StateDiff } = document.components.schemas
  expect(JsonPatch).toMatchObject({
    anyOf: [{ items: operation }, { properties: { patches: { items: operation } } }],
  })
  expect(HistoryEntry).toMatchObject({ properties: { patch: { items: operation } } })
  expect(StateDiff).toMatchObject({ properties: { patch: { items: operation } } })
  expect(PutState).toMatchObject({ properties: { state: { $ref: '#/components/schemas/GivenState' } } })
  expect(MergePatch).toMatchObject({ $ref: '#/components/schemas/StateMergePatch' })
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
    expect(Object.keys(document.components.schemas)).toContain(name)
  expect(text).not.toContain('$defs')
})

test('[OAS7] limits are those of the server that shows it', () => {
  const shown = JSON.stringify(
    createOpenApiDocument({ ...DEFAULT_LIMITS, MAX_PATCH_OPERATIONS: 77, MAX_BODY_BYTES: 5_555 }),
  )
  expect([...shown.matchAll(/"maxItems":(\d+)/g)].map(([, count]) => count)).toContain('77')
  expect(shown).not.toMatch(/"maxItems":(1000|10000)\b/)
  expect(shown).toContain('At most 5,555 bytes')
  expect(JSON.stringify(document)).toContain('"maxItems":1000')
  expect(apiFallbacks()).toMatchObject(DEFAULT_LIMITS)
})

test('[OAS7] every parameter is described, numbers as numbers with their bounds and what stands for nothing', () => {
  const parameters = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ operationId, parameters }) => parameters.map((parameter) => ({ operationId, ...parameter })))
  expect(parameters.filter(({ description }) => description.length < 10)).toEqual([])
  const find = (id: string, name: string) =>
    parameters.find((each) => each.operationId === id && each.name === name)?.schema
  expect(find('readHistory', 'limit')).toEqual({ type: 'integer', minimum: 1, maximum: 1_000, default: 50 })
  expect(find('readHistory', 'offset')).toMatchObject({ type: 'integer', default: 0 })
  expect(find('listCommits', 'limit')).toEqual({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  expect(find('readState', 'version')).toMatchObject({ type: 'integer', minimum: 1 })
  expect(find('readHistory', 'triggeredBy')).not.toHaveProperty('default')
  expect(find('replaceState', 'triggeredBy')).toMatchObject({ default: 'api' })
})

test('[OAS9] the main operations have examples, which their schemas take', () => {
  for (const [id, { bodies = {}, answer }] of Object.entries(EXAMPLES)) {
    const operation = OPERATIONS.find((each) => each.id === id)
    for (const [type, examples] of Object.entries(bodies))
      for (const { value } of Object.values(examples))
        expect([id, operation?.body?.[type]?.schema.safeParse(value).success]).toEqual([id, true])
    const schemas = Object.values(operation?.answers ?? {}).flatMap(({ body }) => {
      if (body === undefined || 'mediaType' in body) return []
      return 'listOf' in body ? [z.array(body.listOf.schema)] : [body.schema]
    })
    expect([id, schemas.map((schema) => schema.safeParse(answer).success)]).toEqual([id, [true]])
  }
  const withBody = OPERATIONS.filter(({ tag, body }) => tag !== 'Accounts' && body !== undefined)
  const ofState = withBody.filter(({ tag }) => tag === 'State' || tag === 'Snapshots')
  expect(ofState.filter(({ id }) => EXAMPLES[id]?.bodies === undefined)).toEqual([])
})
