/** A failed request, in words a person can act on. Nothing was changed by it unless `code` is `network`: then nobody knows. */
class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** The stable word of the problem document, or `network`. */
  readonly code: string

  constructor(failure: { status: number; code: string; message: string; cause?: unknown }) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause })
    this.name = 'ApiError'
    this.status = failure.status
    this.code = failure.code
  }
}

export const isApiError = (error: unknown, code?: string): error is ApiError =>
  error instanceof ApiError && (code === undefined || error.code === code)

/** No answer, or an answer of a server that is on its way up or down: worth trying again as it is. */
export const isPassing = (error: unknown): boolean =>
  isApiError(error) && (error.status === 0 || error.status === 429 || error.status >= 500)

export const networkError = (cause: unknown): ApiError =>
  new ApiError({
    status: 0,
    code: 'network',
    message: 'The server cannot be reached. Check your connection and try again.',
    cause,
  })

/** Reads `application/problem+json`; any other body gives a general sentence for its status. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  const fields = typeof body === 'object' && body !== null ? body : {}
  const text = (name: string): string | null => {
    const value: unknown = Reflect.get(fields, name)
    return typeof value === 'string' && value !== '' ? value : null
  }
  return new ApiError({
    status: response.status,
    code: text('code') ?? `http_${response.status}`,
    message:
      text('detail') ?? text('title') ?? `The server answered ${response.status}. Try again in a moment.`,
  })
}

/** The sentence to show for any failure. */
export const messageOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : 'Something went wrong. Try again.'
