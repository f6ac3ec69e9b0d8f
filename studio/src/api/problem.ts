export { isApiError, isPassing } from '@nexus/client'

/** The sentence to show for any failure. */
export const messageOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : 'Something went wrong. Try again.'
