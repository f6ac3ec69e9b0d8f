/** Why somebody is not signed in; the studio has a sentence for each. */
export const SSO_REFUSALS = [
  /** They, or the provider, said no. */
  'denied',
  /** They took too long, went on in another browser, or came twice. */
  'expired',
  /** The provider does not vouch for their address, or knows none. */
  'no_email',
  /** Their address is of a domain that may not sign in. */
  'domain',
  /** An account with their address is there, whose address nobody has confirmed. */
  'confirm_first',
  /** There is no account, and none is made. */
  'no_account',
  /** The account has been deleted. */
  'closed',
  /** The provider does not answer, or not as it should. */
  'unreachable',
  /** What the provider said does not hold. */
  'failed',
] as const

export type SsoRefusal = (typeof SSO_REFUSALS)[number]

export class SsoRefused extends Error {
  readonly refusal: SsoRefusal

  constructor(refusal: SsoRefusal, options?: ErrorOptions) {
    super(`single sign-on: ${refusal}`, options)
    this.name = 'SsoRefused'
    this.refusal = refusal
  }
}
