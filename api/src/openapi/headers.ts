/** Headers a request may have, beside `Authorization` and `Content-Type`. */
export const REQUEST_HEADERS = {
  'If-None-Match': {
    description: 'Versions the client has; 304 when one of them is the one asked for.',
    schema: { type: 'string', examples: ['"7"'] },
  },
  'If-Match': {
    description: 'Versions of which one must be the newest, or `*`; otherwise 409 `version_conflict`.',
    schema: { type: 'string', examples: ['"7"'] },
  },
  'Idempotency-Key': {
    description:
      'Visible ASCII. Sent again within 24 hours the request is not carried out a second time: it is answered as it was, with `Idempotency-Replayed: true`.',
    schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' },
  },
  'Last-Event-ID': {
    description: 'The version the client has.',
    schema: { type: 'string', examples: ['7'] },
  },
  'X-Client': {
    description: '`api`: the answer has the session token in its body.',
    schema: { type: 'string', enum: ['api'] },
  },
} as const
export type RequestHeader = keyof typeof REQUEST_HEADERS

/** Headers of answers that mean something to a client. */
export const RESPONSE_HEADERS = {
  'X-Request-Id': {
    description:
      'Names the request in the log: the one sent, when it has 1 to 100 of `A-Za-z0-9._:-`, else a new one.',
    schema: { type: 'string' },
  },
  'Cache-Control': {
    description:
      '`no-store`, but for states `private, no-cache` (ask again with `If-None-Match`); what a commit did and the public keys may be kept.',
    schema: { type: 'string' },
  },
  ETag: {
    description: 'The version, in quotes; for `If-None-Match` and `If-Match`.',
    schema: { type: 'string', examples: ['"8"'] },
  },
  'X-Cache': {
    description: 'Whether the JSON of this version was at hand.',
    schema: { type: 'string', enum: ['hit', 'miss'] },
  },
  'Idempotency-Replayed': {
    description:
      'Only there when a request with this `Idempotency-Key` was carried out before: this is its answer.',
    schema: { type: 'string', enum: ['true'] },
  },
  Location: {
    description: 'The path of what has been made.',
    schema: { type: 'string' },
  },
  'Set-Cookie': {
    description: 'The session of a browser, `nexus_session`: HttpOnly, SameSite=Lax, only for `/api/auth`.',
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'Seconds to wait before the same request is sent again.',
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'How to sign in.',
    schema: { type: 'string', examples: ['Bearer'] },
  },
  'Accept-Patch': {
    description: 'The media types a patch may have.',
    schema: { type: 'string' },
  },
} as const
export type ResponseHeader = keyof typeof RESPONSE_HEADERS

/** Those that every answer has. */
export const COMMON_HEADERS: readonly ResponseHeader[] = ['X-Request-Id', 'Cache-Control']

/** Those of a refusal with this status, beside the common ones. */
export function headersOfProblem(status: number, method: string): ResponseHeader[] {
  if (status === 401) return ['WWW-Authenticate']
  if (status === 415 && method === 'patch') return ['Accept-Patch']
  return status === 429 || status === 503 ? ['Retry-After'] : []
}
