import {
  accessTokenSchema,
  loginRequest,
  sessionTokenRequest,
  signedInSchema,
  signupRequest,
  userSchema,
} from '@nexus/core/http-contract'
import * as z from 'zod'
import type { Operation } from './operation.ts'

const JSON_TYPE = 'application/json'
const SIGNED_IN = { name: 'SignedIn', schema: signedInSchema }
const SESSION_TOKEN = { name: 'SessionToken', schema: sessionTokenRequest }

export const ACCOUNT_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/auth/signup',
    id: 'signUp',
    tag: 'Accounts',
    summary: 'Make an account, with a first workspace',
    headers: ['X-Client'],
    body: { [JSON_TYPE]: { name: 'SignUp', schema: signupRequest } },
    answers: {
      201: {
        description: 'Signed in; the session cookie is set.',
        headers: ['Location', 'Set-Cookie'],
        body: SIGNED_IN,
      },
    },
    errors: ['validation_failed', 'email_taken', 'rate_limited'],
    admits: 'anyone',
  },
  {
    method: 'post',
    path: '/api/auth/login',
    id: 'logIn',
    tag: 'Accounts',
    summary: 'Sign in',
    headers: ['X-Client'],
    body: { [JSON_TYPE]: { name: 'LogIn', schema: loginRequest } },
    answers: {
      200: { description: 'Signed in; the session cookie is set.', headers: ['Set-Cookie'], body: SIGNED_IN },
    },
    errors: ['validation_failed', 'invalid_credentials', 'account_deleted', 'rate_limited'],
    admits: 'anyone',
  },
  {
    method: 'post',
    path: '/api/auth/refresh',
    id: 'refresh',
    tag: 'Accounts',
    summary: 'Get a new access token, with the session cookie or its token',
    body: { [JSON_TYPE]: SESSION_TOKEN },
    answers: {
      200: {
        description: 'A new access token.',
        headers: ['Set-Cookie'],
        body: { name: 'AccessToken', schema: accessTokenSchema },
      },
    },
    errors: ['validation_failed', 'unauthorized'],
    admits: 'anyone',
  },
  {
    method: 'post',
    path: '/api/auth/logout',
    id: 'logOut',
    tag: 'Accounts',
    summary: 'End the session, on every node',
    body: { [JSON_TYPE]: SESSION_TOKEN },
    answers: { 204: { description: 'The session is over.', headers: ['Set-Cookie'] } },
    errors: ['validation_failed'],
    admits: 'anyone',
  },
  {
    method: 'get',
    path: '/api/auth/me',
    id: 'whoAmI',
    tag: 'Accounts',
    summary: 'Who calls',
    answers: { 200: { description: 'The account.', body: { name: 'User', schema: userSchema } } },
    errors: [],
    admits: 'caller',
  },
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    id: 'readKeys',
    tag: 'Accounts',
    summary: 'The public keys that sign access tokens',
    answers: {
      200: {
        description: 'A JSON Web Key Set.',
        body: { name: 'KeySet', schema: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
      },
    },
    errors: [],
    admits: 'anyone',
  },
]
