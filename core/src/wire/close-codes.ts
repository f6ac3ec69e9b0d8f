/** WebSocket close codes we send, and what a client does about them. */
export const CLOSE_CODES = {
  /** Reload the document: the server could not apply an update fully. Reconnect at once. */
  resetConnection: 4205,
  badRequest: 4400,
  /** Get a new token, then reconnect. */
  unauthorized: 4401,
  /** Do not reconnect by yourself. */
  forbidden: 4403,
  notFound: 4404,
  rateLimited: 4429,
  /** The frame or the document is too large. */
  tooLarge: 1009,
  internal: 1011,
  /** The process drains; reconnect elsewhere after a random pause. */
  restarting: 1012,
  /** The socket reads too slowly, or the server is overloaded; reconnect after a pause. */
  tryAgainLater: 1013,
} as const
