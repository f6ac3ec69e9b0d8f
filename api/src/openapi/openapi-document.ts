import { ERRORS, type ErrorCode } from '@nexus/core'
import { problemSchema } from '@nexus/core/http-contract'
import { ACCOUNT_CARE_OPERATIONS } from './account-care-operations.ts'
import { ACCOUNT_OPERATIONS } from './account-operations.ts'
import { ADMITS } from './admits.ts'
import { DELETED_OPERATIONS } from './deleted-operations.ts'
import { EXAMPLES } from './examples.ts'
import { COMMON_HEADERS, headersOfProblem, RESPONSE_HEADERS, type ResponseHeader } from './headers.ts'
import { createSchemas, DEFAULT_LIMITS, type DocumentLimits, type Schemas } from './json-schemas.ts'
import { KEY_OPERATIONS } from './key-operations.ts'
import { MEMBER_OPERATIONS } from './member-operations.ts'
import { type Answer, type Named, type Operation, TAGS } from './operation.ts'
import type { MediaObject, OperationObject, ResponseObject } from './operation-object.ts'
import { parametersOf } from './parameters.ts'
import { SOCKETS } from './sockets.ts'
import { SSO_OPERATIONS } from './sso-operations.ts'
import { STATE_OPERATIONS } from './state-operations.ts'
import { WORKSPACE_OPERATIONS } from './workspace-operations.ts'

export const OPERATIONS: readonly Operation[] = [
  ...STATE_OPERATIONS,
  ...WORKSPACE_OPERATIONS,
  ...DELETED_OPERATIONS,
  ...MEMBER_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...KEY_OPERATIONS,
  ...SSO_OPERATIONS,
  ...ACCOUNT_CARE_OPERATIONS,
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

export type OpenApiDocument = ReturnType<typeof createOpenApiDocument>

/**
 * The whole public API as an OpenAPI 3.1 document, from the schemas that check its requests.
 *
 * @param bounds - What the server that shows it takes at most.
 */
export function createOpenApiDocument(bounds: DocumentLimits = DEFAULT_LIMITS) {
  const schemas = createSchemas(bounds)
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const operation of OPERATIONS) {
    const path = paths[operation.path] ?? {}
    path[operation.method] = describe(operation, schemas, bounds)
    paths[operation.path] = path
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Nexus', version: '1', description: introduction(bounds) },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ accessToken: [] }],
    paths,
    /** OpenAPI has no words for WebSockets. */
    'x-sockets': SOCKETS.map(({ says, hears, ...socket }) => ({
      ...socket,
      says: schemas.refTo(says, 'input'),
      hears: schemas.refTo(hears, 'output'),
    })),
    components: {
      schemas: schemas.components,
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token (JWT, 15 minutes) or an API key (`nxs_…`).',
        },
      },
    },
  }
}

const introduction = ({ MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_STATE_CHARS }: DocumentLimits): string =>
  [
    'Workspaces made of panels, changed by several people and programs at once.',
    'Every answer from 400 on is a problem document (RFC 9457) with a stable `code`.',
    `This server takes bodies of up to ${toText(MAX_BODY_BYTES)} bytes, nested up to ${MAX_JSON_DEPTH} levels, and panels whose state has up to ${toText(MAX_STATE_CHARS)} characters of JSON.`,
  ].join(' ')

const toText = (count: number): string => count.toLocaleString('en')

function describe(operation: Operation, schemas: Schemas, bounds: DocumentLimits): OperationObject {
  const { id, tag, summary, body, answers, admits } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: ADMITS[admits].text,
    ...(admits === 'anyone' ? { security: [] } : {}),
    parameters: parametersOf(operation, schemas),
    ...(body === undefined ? {} : { requestBody: requestBodyOf(operation, body, { schemas, bounds }) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, responseOf(id, answer, schemas)]),
      ),
      ...problemsOf(operation, schemas),
    },
  }
}

function requestBodyOf(
  { id }: Operation,
  body: NonNullable<Operation['body']>,
  { schemas, bounds }: { readonly schemas: Schemas; readonly bounds: DocumentLimits },
): NonNullable<OperationObject['requestBody']> {
  const content = Object.entries(body).map(([type, named]): [string, MediaObject] => {
    const examples = EXAMPLES[id]?.bodies?.[type]
    return [type, { schema: schemas.refTo(named, 'input'), ...(examples === undefined ? {} : { examples }) }]
  })
  return {
    required: isRequired(body),
    description: `At most ${toText(bounds.MAX_BODY_BYTES)} bytes, nested at most ${bounds.MAX_JSON_DEPTH} levels.`,
    content: Object.fromEntries(content),
  }
}

/** No body counts as an empty object. */
const isRequired = (body: NonNullable<Operation['body']>): boolean =>
  Object.values(body).some(({ schema }) => !schema.safeParse({}).success)

function responseOf(id: string, { description, headers = [], body }: Answer, schemas: Schemas) {
  const start = { description, headers: headersOf(headers) }
  if (body === undefined) return start
  if ('mediaType' in body) {
    const schema = { type: 'string', examples: [body.text] }
    return { ...start, content: { [body.mediaType]: { schema } } }
  }
  const schema =
    'listOf' in body
      ? { type: 'array', items: schemas.refTo(body.listOf, 'output') }
      : schemas.refTo(body, 'output')
  const example = EXAMPLES[id]?.answer
  return {
    ...start,
    content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
  }
}

/** One response a status, which says the codes it may have. */
function problemsOf(operation: Operation, schemas: Schemas): Record<string, ResponseObject> {
  const byStatus = Map.groupBy(codesOf(operation), (code) => ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, ofStatus]) => [
        status,
        {
          description: ofStatus.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join(' '),
          headers: headersOf(headersOfProblem(status, operation.method)),
          content: { 'application/problem+json': { schema: schemas.refTo(PROBLEM, 'output') } },
        },
      ]),
  )
}

/** Every code the operation may be refused with. */
const codesOf = ({ errors, body, admits }: Operation): ReadonlySet<ErrorCode> =>
  new Set<ErrorCode>([
    ...errors,
    ...(body === undefined ? [] : BODY_ERRORS),
    ...(admits === 'anyone' ? [] : (['unauthorized'] as const)),
    ...ADMITS[admits].errors,
    ...COMMON_ERRORS,
  ])

const headersOf = (own: readonly ResponseHeader[]) =>
  Object.fromEntries(
    [...COMMON_HEADERS, ...own].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  )
