import { NexusError } from '@nexus/core'
import type { Request } from 'express'
import type * as z from 'zod'

/** No body counts as an empty object. @throws {NexusError} `validation_failed`, with every problem found. */
export const parseBody = <T extends z.ZodType>(schema: T, request: Request): z.output<T> =>
  parse(schema, request.body === undefined ? {} : request.body, 'The body')

/** A parameter given twice is a list, which no schema of ours takes. @throws {NexusError} `validation_failed`. */
export const parseQuery = <T extends z.ZodType>(schema: T, request: Request): z.output<T> =>
  parse(schema, request.query, 'The query')

function parse<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), message: 'is not known here' }))
      : [
          {
            pointer: toPointer(issue.path),
            message: isMissing(value, issue.path) ? 'is required' : issue.message,
          },
        ],
  )
  const first = errors[0]
  const where = first === undefined || first.pointer === '' ? what : `${what} at ${first.pointer}`
  throw new NexusError('validation_failed', `${where}: ${first?.message ?? 'is wrong'}.`, {
    details: { pointer: first?.pointer ?? '', errors },
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

const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
