/** What the server said about a request it refused, or that no answer came. */
interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryAfterMs?: number | null
  readonly cause?: unknown
}

/** Codes that this client gives itself, beside those of the server. `docs/errors.md` is written from this table. */
export const CLIENT_ERRORS = {
  network:
    'The server cannot be reached, or its answer broke off. Nobody knows whether the request was carried out.',
  timeout: 'The server was silent for `timeoutMs`. Nobody knows whether the request was carried out.',
  'http_<status>': 'The answer was no problem document, as one of a proxy may be.',
} as const

/**
 * A request that failed, in words a person can act on. Nothing was changed by it, unless `code` is `network` or `timeout`:
 * then nobody knows, and the same request under the same Idempotency-Key finds out.
 */
export class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** The stable word of the problem document, or one of {@link CLIENT_ERRORS} (docs/errors.md). */
  readonly code: string
  /** The members of the problem document beside the standard ones: `pointer`, `currentVersion`, `mergedInto`, `errors`, … */
  readonly details: Readonly<Record<string, unknown>>
  /** How long the server asks to be left alone; `null`: it does not say. */
  readonly retryAfterMs: number | null

  constructor({ status, code, message, details = {}, retryAfterMs = null, cause }: Failure) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.details = details
    this.retryAfterMs = retryAfterMs
  }

  /** Names the request in the server's log. */
  get requestId(): string | null {
    return typeof this.details.requestId === 'string' ? this.details.requestId : null
  }
}

export const isApiError = (error: unknown, code?: string): error is ApiError =>
  error instanceof ApiError && (code === undefined || error.code === code)

/** No answer, or an answer of a server that is busy, or on its way up or down: worth trying again as it is. */
export const isPassing = (error: unknown): boolean =>
  isApiError(error) && (error.status === 0 || isPassingStatus(error.status))

export const isPassingStatus = (status: number): boolean => status === 429 || status >= 500

export const networkError = (cause: unknown): ApiError =>
  new ApiError({
    status: 0,
    code: 'network',
    message: 'The server cannot be reached. Check your connection and try again.',
    cause,
  })

export const timeoutError = (ms: number): ApiError =>
  new ApiError({
    status: 0,
    code: 'timeout',
    message: `The server has not answered within ${Math.round(ms / 1000)} s. Try again.`,
  })

const STANDARD = new Set(['type', 'title', 'status', 'code', 'detail'])

/** Reads `application/problem+json`; any other body gives a general sentence for its status. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const text = (name: string): string | null => {
    const value = fields.find(([field]) => field === name)?.[1]
    return typeof value === 'string' && value !== '' ? value : null
  }
  return new ApiError({
    status: response.status,
    code: text('code') ?? `http_${response.status}`,
    message:
      text('detail') ?? text('title') ?? `The server answered ${response.status}. Try again in a moment.`,
    details: Object.fromEntries(fields.filter(([name]) => !STANDARD.has(name))),
    retryAfterMs: retryAfterOf(response),
  })
}

/** The header in seconds, or as a date. */
export function retryAfterOf({ headers }: Response): number | null {
  const text = headers.get('retry-after')
  if (text === null) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}
