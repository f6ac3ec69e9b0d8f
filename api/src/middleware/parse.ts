import { NexusError } from '@nexus/core'
import type { Request } from 'express'
import type * as z from 'zod'
import { issueText } from './issue-text.ts'

/** No body counts as an empty object. @throws {NexusError} `validation_failed`, with every problem found. */
export const parseBody = <T extends z.ZodType>(schema: T, request: Request): z.output<T> =>
  parse(schema, request.body === undefined ? {} : request.body, { whole: 'body', part: 'field' })

/** A parameter given twice is a list, which no schema of ours takes. @throws {NexusError} `validation_failed`. */
export const parseQuery = <T extends z.ZodType>(schema: T, request: Request): z.output<T> =>
  parse(schema, request.query, { whole: 'query', part: 'parameter' })

/** What the value and a member of it are called. */
interface Words {
  readonly whole: string
  readonly part: string
}

/** @throws {NexusError} `validation_failed`: names the first wrong place in words, and every one in `errors`. */
export function parse<T extends z.ZodType>(schema: T, value: unknown, { whole, part }: Words): z.output<T> {
  const result = schema.safeParse(value, { error: issueText })
  if (result.success) return result.data
  const problems = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }))
      : [{ path: issue.path, message: isMissing(value, issue.path) ? 'is required' : issue.message }],
  )
  const { path = [], message = 'is not allowed' } = problems[0] ?? {}
  const where = path.length === 0 ? `The ${whole}` : `The ${part} “${nameOf(path)}”`
  throw new NexusError('validation_failed', `${where} ${message}.`, {
    details: {
      pointer: toPointer(path),
      errors: problems.map((each) => ({ pointer: toPointer(each.path), message: each.message })),
    },
  })
}

/** Whether nothing at all was given where something is wrong. */
function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  const found = path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  )
  return path.length > 0 && found === undefined
}

/** As programs write it: `changes[0].panelId`. */
const nameOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')

const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
