import { ERRORS, type ErrorCode } from '@nexus/core'
import { problemSchema } from '@nexus/core/http-contract'
import * as z from 'zod'
import { ACCOUNT_OPERATIONS } from './account-operations.ts'
import { type Answer, type Named, type Operation, REQUEST_HEADERS, TAGS } from './operation.ts'
import { SOCKETS } from './sockets.ts'
import { STATE_OPERATIONS } from './state-operations.ts'
import { WORKSPACE_OPERATIONS } from './workspace-operations.ts'

export const OPERATIONS: readonly Operation[] = [
  ...STATE_OPERATIONS,
  ...WORKSPACE_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
]

/** What any request may be told. */
const COMMON_ERRORS: readonly ErrorCode[] = ['unavailable', 'internal']
const BODY_ERRORS: readonly ErrorCode[] = [
  'malformed_json',
  'unsupported_media_type',
  'payload_too_large',
  'validation_failed',
]
const PROBLEM: Named = { name: 'Problem', schema: problemSchema }

type JsonSchema = Record<string, unknown>

export type OpenApiDocument = ReturnType<typeof createOpenApiDocument>

/** The whole public API as an OpenAPI 3.1 document, from the schemas that check its requests. */
export function createOpenApiDocument() {
  const schemas: Record<string, JsonSchema> = {}
  const refTo = ({ name, schema }: Named, io: 'input' | 'output'): JsonSchema => {
    schemas[name] ??= toJsonSchema(schema, io)
    return { $ref: `#/components/schemas/${name}` }
  }
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of OPERATIONS) {
    const path = paths[operation.path] ?? {}
    path[operation.method] = describe(operation, refTo)
    paths[operation.path] = path
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nexus',
      version: '1',
      description:
        'Workspaces made of panels, changed by several people and programs at once. Every answer from 400 on is a problem document (RFC 9457) with a stable `code`.',
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ accessToken: [] }],
    paths,
    /** OpenAPI has no words for WebSockets. */
    'x-sockets': SOCKETS.map(({ says, hears, ...socket }) => ({
      ...socket,
      says: refTo(says, 'input'),
      hears: refTo(hears, 'output'),
    })),
    components: {
      schemas,
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

type RefTo = (named: Named, io: 'input' | 'output') => JsonSchema

function describe(operation: Operation, refTo: RefTo): Record<string, unknown> {
  const { id, tag, summary, body, answers, isPublic } = operation
  const content = Object.entries(body ?? {}).map(([type, named]) => [type, { schema: refTo(named, 'input') }])
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(isPublic === true ? { security: [] } : {}),
    parameters: parametersOf(operation),
    ...(body === undefined
      ? {}
      : { requestBody: { required: isRequired(body), content: Object.fromEntries(content) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, refTo)]),
      ),
      ...problemsOf(operation, refTo),
    },
  }
}

/** No body counts as an empty object. */
const isRequired = (body: NonNullable<Operation['body']>): boolean =>
  Object.values(body).some(({ schema }) => !schema.safeParse({}).success)

function parametersOf({ path, query, headers = [] }: Operation): unknown[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const { properties = {}, required = [] } = query === undefined ? {} : toJsonSchema(query, 'input')
  const inQuery = Object.entries(properties as JsonSchema).map(([name, schema]) => ({
    name,
    in: 'query',
    required: (required as string[]).includes(name),
    schema,
  }))
  const inHeaders = headers.map((name) => ({
    name,
    in: 'header',
    description: REQUEST_HEADERS[name],
    schema: { type: 'string' },
  }))
  return [...inPath, ...inQuery, ...inHeaders]
}

function responseOf({ description, body }: Answer, refTo: RefTo): Record<string, unknown> {
  if (body === undefined) return { description }
  if ('mediaType' in body) {
    const schema = { type: 'string', examples: [body.text] }
    return { description, content: { [body.mediaType]: { schema } } }
  }
  const schema =
    'listOf' in body ? { type: 'array', items: refTo(body.listOf, 'output') } : refTo(body, 'output')
  return { description, content: { 'application/json': { schema } } }
}

/** One response a status, which says the codes it may have. */
function problemsOf({ errors, body, isPublic }: Operation, refTo: RefTo): Record<string, unknown> {
  const codes = new Set<ErrorCode>([
    ...errors,
    ...(body === undefined ? [] : BODY_ERRORS),
    ...(isPublic === true ? [] : (['unauthorized'] as const)),
    ...COMMON_ERRORS,
  ])
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, ofStatus]) => [
        status,
        {
          description: ofStatus.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join(' '),
          content: { 'application/problem+json': { schema: refTo(PROBLEM, 'output') } },
        },
      ]),
  )
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
