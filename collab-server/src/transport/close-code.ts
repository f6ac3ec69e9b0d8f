import { CLOSE_CODES, ERRORS } from '@nexus/core'

/** For a client that has only one document: why it is closed is why its socket is. What is no answer of ours is passing. */
export function closeCodeOf(reason: string): number {
  const row = Object.entries(ERRORS).find(([code]) => code === reason)?.[1]
  return row?.closeCode ?? CLOSE_CODES.resetConnection
}
