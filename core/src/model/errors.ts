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
  account_deleted: {
    status: 403,
    closeCode: null,
    retry: false,
    title: 'This account has been deleted; until it is removed for good it can be restored.',
  },
  recent_sign_in_required: {
    status: 403,
    closeCode: null,
    retry: false,
    title: 'Sign in once more first: the last time is too long ago for this.',
  },
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
  already_member: {
    status: 409,
    closeCode: null,
    retry: false,
    title: 'This person is a member already.',
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
  different_owner: {
    status: 409,
    closeCode: null,
    retry: false,
    title: 'The workspaces have different owners.',
  },
  mail_not_configured: {
    status: 409,
    closeCode: null,
    retry: false,
    title: 'This installation sends no e-mail.',
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

/** What an error can say beside its sentence: extra members of the problem document. */
export interface ErrorDetails {
  readonly pointer?: string
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
  readonly currentVersion?: number
  readonly mergedInto?: number
  readonly operation?: number
  readonly change?: number
  readonly limit?: number
  readonly plan?: string
  readonly retryAfter?: number
  readonly deletesAt?: string
  readonly snapshotId?: string
  readonly panelId?: string
  readonly line?: number
  readonly column?: number
  readonly diagnostics?: readonly unknown[]
}

interface FieldRow {
  /** `any`: whatever a change of a batch is refused with. */
  readonly codes: readonly ErrorCode[] | 'any'
  readonly text: string
}

/** Which codes have which of them, where there is something to say. `docs/errors.md` is written from this table. */
export const ERROR_FIELDS: Readonly<Record<keyof ErrorDetails, FieldRow>> = {
  pointer: {
    codes: ['validation_failed', 'invalid_patch', 'patch_test_failed', 'payload_too_large', 'not_found'],
    text: 'RFC 6901: the place that is wrong, in the body or query (`validation_failed`), else in the panel’s state. Empty: all of it.',
  },
  errors: {
    codes: ['validation_failed'],
    text: 'Every problem found, each with its `pointer` and `message`.',
  },
  currentVersion: {
    codes: ['version_conflict', 'validation_failed', 'not_found'],
    text: 'The newest version of the panel.',
  },
  mergedInto: {
    codes: ['not_found'],
    text: 'The version asked for is old and has become part of this one, which can be read.',
  },
  operation: {
    codes: ['invalid_patch', 'patch_test_failed', 'payload_too_large'],
    text: 'Which operation of the JSON Patch, counted from 0.',
  },
  change: { codes: 'any', text: 'Which change of the batch, counted from 0.' },
  limit: {
    codes: ['payload_too_large', 'quota_exceeded'],
    text: 'How much is allowed: bytes of a body or update; things of a plan.',
  },
  plan: { codes: ['quota_exceeded'], text: 'The plan whose limit is reached.' },
  retryAfter: { codes: ['rate_limited'], text: 'Seconds to wait, as in `Retry-After`.' },
  deletesAt: { codes: ['account_deleted'], text: 'When the account is removed for good.' },
  snapshotId: { codes: ['unavailable'], text: 'The snapshot that stays asked for and will be made later.' },
  panelId: { codes: ['not_found'], text: 'The panel that the snapshot does not show.' },
  line: { codes: ['invalid_nxml'], text: 'Where the first error of the source is, counted from 1.' },
  column: { codes: ['invalid_nxml'], text: 'The same, in its line.' },
  diagnostics: {
    codes: ['invalid_nxml'],
    text: 'Everything found in the source, each with `code`, `severity`, `message` and place `loc`.',
  },
}

/**
 * A failure the caller is told about, with one of the documented codes.
 *
 * When it is thrown, nothing has been changed unless the throwing function's docstring says otherwise.
 */
export class NexusError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, detail: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
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
