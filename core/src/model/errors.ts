/** One row a kind of failure. `docs/errors.md` is written from this table. */
interface ErrorRow {
  /** HTTP status. */
  readonly status: number
  /** WebSocket close code, where the failure can end a socket. */
  readonly closeCode: number | null
  /** Whether the same request may succeed later without being changed. */
  readonly retry: boolean
  /** Sentence for people. */
  readonly title: string
}

/** Every `code` a client can meet, on HTTP and on sockets. */
export const ERRORS = {
  malformed_json: { status: 400, closeCode: null, retry: false, title: 'The body is not valid JSON.' },
  bad_request: { status: 400, closeCode: 4400, retry: false, title: 'The request cannot be understood.' },
  unauthorized: {
    status: 401,
    closeCode: 4401,
    retry: false,
    title: 'Sign in, or send a valid access token.',
  },
  invalid_credentials: { status: 401, closeCode: null, retry: false, title: 'E-mail or password is wrong.' },
  forbidden: { status: 403, closeCode: 4403, retry: false, title: 'Your role does not allow this.' },
  quota_exceeded: { status: 403, closeCode: null, retry: false, title: 'The limit of your plan is reached.' },
  not_found: {
    status: 404,
    closeCode: 4404,
    retry: false,
    title: 'There is no such thing, or you may not see it.',
  },
  method_not_allowed: {
    status: 405,
    closeCode: null,
    retry: false,
    title: 'This address does not know that method.',
  },
  not_acceptable: {
    status: 406,
    closeCode: null,
    retry: false,
    title: 'No representation of this kind exists.',
  },
  email_taken: {
    status: 409,
    closeCode: null,
    retry: false,
    title: 'An account with this e-mail exists already.',
  },
  version_conflict: {
    status: 409,
    closeCode: null,
    retry: false,
    title: 'The document has a newer version.',
  },
  patch_test_failed: { status: 409, closeCode: null, retry: false, title: 'A test operation did not hold.' },
  workspace_archived: { status: 409, closeCode: null, retry: false, title: 'The workspace is archived.' },
  idempotency_key_reused: {
    status: 422,
    closeCode: null,
    retry: false,
    title: 'Another request was made with this Idempotency-Key.',
  },
  payload_too_large: {
    status: 413,
    closeCode: 1009,
    retry: false,
    title: 'The request or document is too large.',
  },
  unsupported_media_type: {
    status: 415,
    closeCode: null,
    retry: false,
    title: 'This content type is not accepted here.',
  },
  validation_failed: {
    status: 422,
    closeCode: null,
    retry: false,
    title: 'A field is missing or has a wrong value.',
  },
  invalid_patch: { status: 422, closeCode: null, retry: false, title: 'The patch cannot be applied.' },
  invalid_nxml: { status: 422, closeCode: null, retry: false, title: 'The NXML source has errors.' },
  rate_limited: { status: 429, closeCode: 4429, retry: true, title: 'Too many requests; wait a moment.' },
  internal: { status: 500, closeCode: 1011, retry: true, title: 'Something went wrong on our side.' },
  unavailable: {
    status: 503,
    closeCode: 1013,
    retry: true,
    title: 'The database cannot be reached at the moment.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/**
 * A failure the caller is told about, with one of the documented codes.
 *
 * When it is thrown, nothing has been changed unless the throwing function's docstring says otherwise.
 */
export class NexusError extends Error {
  readonly code: ErrorCode
  /** Extra members of the problem document, such as `currentVersion` or `pointer`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    detail: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'NexusError'
    this.code = code
    this.details = options.details ?? {}
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}

export const isNexusError = (error: unknown, code?: ErrorCode): error is NexusError =>
  error instanceof NexusError && (code === undefined || error.code === code)
