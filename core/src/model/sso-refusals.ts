/** Why single sign-on has not signed somebody in; the studio has a sentence for each. */
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
  /** The account with their address is somebody else's at the provider. */
  'taken',
  /** There is no account, and none is made. */
  'no_account',
  /** The account has been deleted. */
  'closed',
  /** The provider does not answer, or not as it should. */
  'unreachable',
  /** What the provider said does not hold. */
  'failed',
  /** Too many tries, or the database is away. */
  'busy',
  /** Something went wrong on our side. */
  'internal',
] as const

export type SsoRefusal = (typeof SSO_REFUSALS)[number]
