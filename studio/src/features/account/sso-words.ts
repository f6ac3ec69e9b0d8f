import type { SsoRefusal } from '@nexus/core'

const WORDS: Readonly<Record<SsoRefusal, string>> = {
  denied: 'You were not signed in: the sign-in was called off.',
  expired: 'That took too long, or went on in another browser. Try again.',
  no_email: 'Your provider does not confirm an e-mail address for you. Ask whoever runs it.',
  domain: 'Addresses of your domain may not sign in here.',
  confirm_first:
    'There is an account with your address that has not been confirmed. Sign in with its password and confirm the address in your account first, or choose a new password by mail.',
  taken:
    'The account with your address belongs to somebody else at your provider. Ask whoever runs this server.',
  no_account: 'You have no account here. Ask to be invited, or for an account to be made.',
  closed: 'Your account has been deleted. You can bring it back.',
  unreachable: 'Your provider does not answer at the moment. Try again, or sign in with a password.',
  failed:
    'Your provider’s answer could not be trusted. Try again; if it stays so, tell whoever runs this server.',
  busy: 'Too many people are signing in at the moment. Try again in a minute.',
  internal: 'Something went wrong on our side. Try again; if it stays so, tell whoever runs this server.',
}

const isKnown = (reason: string): reason is SsoRefusal => Object.hasOwn(WORDS, reason)

/** Why somebody is not signed in, for them to read. */
export const ssoWords = (reason: string): string => WORDS[isKnown(reason) ? reason : 'failed']
