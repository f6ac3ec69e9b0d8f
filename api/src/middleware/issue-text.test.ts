import { isNexusError } from '@nexus/core'
import { stateSocketRequest } from '@nexus/core/http-contract'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import { OPERATIONS } from '../openapi/openapi-document.ts'
import { parse } from './parse.ts'

const named = (name: string): z.ZodType => {
  const bodies = OPERATIONS.flatMap(({ body = {} }) => Object.values(body))
  const found = bodies.find((body) => body.name === name)
  if (found === undefined) throw new Error(`No body is called ${name}.`)
  return found.schema
}

/** What a caller is told. */
function refusalOf(schema: z.ZodType, value: unknown): string[] {
  try {
    parse(schema, value, { whole: 'body', part: 'field' })
    return []
  } catch (error) {
    if (!isNexusError(error)) throw error
    return [error.message, ...(error.details.errors ?? []).map(({ message }) => message)]
  }
}

test.each([
  [
    'SignUp',
    { email: 'x', password: 'long enough', name: 'Ann' },
    'The field “email” must be an e-mail address.',
  ],
  [
    'SignUp',
    { email: 'a@b.co', password: 'short', name: 'A' },
    'The field “password” must have at least 8 characters.',
  ],
  ['SignUp', { email: 'a@b.co', password: 'long enough', name: ' ' }, 'The field “name” must not be empty.'],
  ['SignUp', 'text', 'The body must be an object.'],
  ['PutState', {}, 'The field “state” is required.'],
  ['PutState', { state: {}, version: 1.5 }, 'The field “version” must be a whole number.'],
  ['PutState', { state: {}, version: 0 }, 'The field “version” must be at least 1.'],
  [
    'PutState',
    { state: {}, triggeredBy: 'x' },
    'The field “triggeredBy” must be “user”, “ai”, “api” or “system”.',
  ],
  ['Batch', { changes: [] }, 'The field “changes” must have at least 1 item.'],
  ['Batch', { changes: [{ panelId: 5, state: {} }] }, 'The field “changes[0].panelId” must be text.'],
  [
    'Batch',
    { changes: [{ panelId: 'p' }] },
    'The field “changes[0]” must have exactly one of patches, mergePatch and state.',
  ],
])('[HTTP20] a %s of %j is refused with: %s', (name, value, sentence) => {
  expect(refusalOf(named(name), value)[0]).toBe(sentence)
})

test('[HTTP20] no refusal of any schema has words of the program that checks it, or two full stops', () => {
  const values = [undefined, null, true, -1, 1.5, 1e300, '', 'x', 'x'.repeat(3_000), '\0', [], [null], {}]
  const schemas = OPERATIONS.flatMap(({ body = {}, query }) => [
    ...Object.values(body).map(({ schema }) => schema),
    ...(query === undefined ? [] : [query]),
  ])
  const told = [...schemas, stateSocketRequest].flatMap((schema) => [
    ...values.flatMap((value) => refusalOf(schema, value)),
    ...membersOf(schema).flatMap((member) =>
      values.flatMap((value) => refusalOf(schema, { [member]: value })),
    ),
  ])
  expect(told.length).toBeGreaterThan(500)
  const strange = told.filter((text) =>
    /expected|received|invalid|too (small|big)|\.\.$|undefined/i.test(text),
  )
  expect(strange).toEqual([])
})

const membersOf = (schema: z.ZodType): string[] =>
  'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null
    ? Object.keys(schema.shape)
    : ['type', 'panelId', 'fromVersion']
