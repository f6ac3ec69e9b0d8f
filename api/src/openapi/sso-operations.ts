import { signInWaysSchema, ssoStartQuery } from '@nexus/core/http-contract'
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
      302: {
        description: 'On to the provider, or to the page that says why not.',
        headers: ['Location', 'Set-Cookie'],
      },
    },
    errors: ['not_found', 'rate_limited'],
    admits: 'anyone',
  },
  {
    method: 'get',
    path: '/api/auth/sso/callback',
    id: 'finishSso',
    tag: 'Accounts',
    summary: 'Where the provider sends the browser back to',
    answers: {
      302: {
        description: 'Signed in, and on to the page one came from; or to the page that says why not.',
        headers: ['Location', 'Set-Cookie'],
      },
    },
    errors: ['not_found', 'rate_limited'],
    admits: 'anyone',
  },
]
