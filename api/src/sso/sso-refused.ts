import type { SsoRefusal, UserId } from '@nexus/core'

interface Options extends ErrorOptions {
  /** Of `closed`: whose account it is. They have shown that it is theirs. */
  readonly closedId?: UserId
}

/** Nobody is signed in, and nothing has changed. */
export class SsoRefused extends Error {
  readonly refusal: SsoRefusal
  readonly closedId: UserId | null

  constructor(refusal: SsoRefusal, { closedId, ...options }: Options = {}) {
    super(`single sign-on: ${refusal}`, options)
    this.name = 'SsoRefused'
    this.refusal = refusal
    this.closedId = closedId ?? null
  }
}
