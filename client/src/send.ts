import { type ApiError, isPassing, networkError, readProblem, timeoutError } from './api-error.ts'
import { pause, pauseBefore } from './back-off.ts'
import type { TokenSource } from './token-source.ts'
import { readWhole } from './whole-answer.ts'

export interface SendOptions {
  /** `null`: requests go without one. */
  readonly token: TokenSource | null
  readonly fetch: (request: Request) => Promise<Response>
  /** Longest silence of the server: until an answer begins, and between two parts of it, ms. */
  readonly timeoutMs: number
  /** Of one request, the first included. */
  readonly maxTries: number
}

/** A server that asks for more than this, ms, is left alone, and its error thrown. */
const MAX_WAIT_MS = 10_000

/**
 * A request with everything that belongs to it: the access token, another one when that is refused, a limit to the time, and
 * further tries where a second one does no harm: of reads, and of whatever carries an Idempotency-Key.
 *
 * @returns An answer below 400. @throws {ApiError}, or the reason of the request's signal.
 */
export function createSend(options: SendOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const maxTries = isRepeatable(request) ? options.maxTries : 1
    for (let tried = 1; ; tried += 1) {
      const outcome = await tryOnce(options, request)
      if (outcome instanceof Response) return outcome
      const waitMs = Math.max(pauseBefore(tried), outcome.retryAfterMs ?? 0)
      if (!isPassing(outcome) || tried >= maxTries || waitMs > MAX_WAIT_MS) throw outcome
      await pause(waitMs, request.signal)
    }
  }
}

const isRepeatable = (request: Request): boolean =>
  request.method === 'GET' || request.method === 'HEAD' || request.headers.has('idempotency-key')

async function tryOnce(options: SendOptions, request: Request): Promise<Response | ApiError> {
  const { token } = options
  if (token === null || request.headers.has('authorization')) return answerOf(options, request)
  const first = await token.current()
  const outcome = await answerOf(options, request, first)
  if (outcome instanceof Response || outcome.status !== 401) return outcome
  const next = await token.replace(first)
  return next === first ? outcome : answerOf(options, request, next)
}

async function answerOf(
  options: SendOptions,
  request: Request,
  token?: string,
): Promise<Response | ApiError> {
  const silence = limitSilence(options.timeoutMs)
  // A copy, because a body can be sent once only.
  const copy = new Request(request.clone(), { signal: AbortSignal.any([request.signal, silence.signal]) })
  if (token !== undefined) copy.headers.set('authorization', `Bearer ${token}`)
  try {
    // Whole, because an answer that breaks off is none.
    const response = await readWhole(await options.fetch(copy), silence.heard)
    return response.status < 400 ? response : await readProblem(response)
  } catch (cause) {
    if (request.signal.aborted) throw request.signal.reason
    return silence.signal.aborted ? timeoutError(options.timeoutMs) : networkError(cause)
  } finally {
    silence.end()
  }
}

/** A signal that is aborted when nobody has called `heard` for `ms`. */
function limitSilence(ms: number) {
  const tooLong = new AbortController()
  let timer = setTimeout(() => tooLong.abort(), ms)
  return {
    signal: tooLong.signal,
    heard: (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => tooLong.abort(), ms)
    },
    end: (): void => clearTimeout(timer),
  }
}
