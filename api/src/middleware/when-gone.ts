import type { Response } from 'express'

/** Aborted when nobody waits for the answer any more: it has been sent, or the client has gone. */
export function whenGone(response: Response): AbortSignal {
  const gone = new AbortController()
  if (response.closed) gone.abort()
  else response.once('close', () => gone.abort())
  return gone.signal
}
