import { signedInSchema, signInWaysSchema, ssoStartQuery } from '@nexus/core/http-contract'
import type { Operation } from './operation.ts'

/** For browsers: who calls them is sent on. */
export const SSO_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/auth/ways',
    id: 'readSignInWays',
    tag: 'Accounts',
    summary: 'How people can sign in, besides by a password',
    answers: {
      200: { description: 'The ways.', body: { name: 'SignInWays', schema: signInWaysSchema } },
    },
    errors: [],
    admits: 'anyone',
  },
  {
    method: 'get',
    path: '/api/auth/sso/start',
    id: 'startSso',
    tag: 'Accounts',
    summary: 'Go to the OpenID Connect provider of the installation, in a browser',
    query: ssoStartQuery,
    answers: {
      303: {
        description: 'On to the provider, or to the page that says why not.',
        headers: ['Location', 'Set-Cookie'],
      },
    },
    errors: ['not_found', 'validation_failed'],
    admits: 'anyone',
  },
  {
    method: 'get',
    path: '/api/auth/sso/callback',
    id: 'finishSso',
    tag: 'Accounts',
    summary: 'Where the provider sends the browser back to',
    answers: {
      303: {
        description: 'Signed in, and on to the page one came from; or to the page that says why not.',
        headers: ['Location', 'Set-Cookie'],
      },
    },
    errors: ['not_found'],
    admits: 'anyone',
  },
  {
    method: 'post',
    path: '/api/auth/sso/restore-account',
    id: 'restoreAccountBySso',
    tag: 'Accounts',
    summary:
      'Undo the deletion of an account by which one has just tried to sign in at the provider, and sign in',
    headers: ['X-Client'],
    answers: {
      200: {
        description: 'Signed in; the session cookie is set.',
        headers: ['Set-Cookie'],
        body: { name: 'SignedIn', schema: signedInSchema },
      },
    },
    errors: ['not_found', 'recent_sign_in_required', 'account_deleted', 'rate_limited'],
    admits: 'anyone',
  },
]
