import { apiKeySchema, createApiKeyRequest, createdApiKeySchema } from '@nexus/core/http-contract'
import type { Operation } from './operation.ts'

const KEY = { name: 'ApiKey', schema: apiKeySchema }

export const KEY_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/keys',
    id: 'listApiKeys',
    tag: 'Accounts',
    summary: 'The caller’s API keys, the newest first',
    answers: { 200: { description: 'All of them, without the keys themselves.', body: { listOf: KEY } } },
    errors: [],
    admits: 'person',
  },
  {
    method: 'post',
    path: '/api/keys',
    id: 'createApiKey',
    tag: 'Accounts',
    summary: 'Make an API key for a program; it is shown in this answer and never again',
    body: { 'application/json': { name: 'CreateApiKey', schema: createApiKeyRequest } },
    answers: {
      201: {
        description: 'The key. Send it as `Authorization: Bearer`, as `?token=`, or as the password of Git.',
        headers: ['Location'],
        body: { name: 'CreatedApiKey', schema: createdApiKeySchema },
      },
    },
    errors: ['quota_exceeded'],
    admits: 'person',
  },
  {
    method: 'get',
    path: '/api/keys/{keyId}',
    id: 'readApiKey',
    tag: 'Accounts',
    summary: 'One API key',
    answers: { 200: { description: 'Without the key itself.', body: KEY } },
    errors: ['not_found'],
    admits: 'person',
  },
  {
    method: 'delete',
    path: '/api/keys/{keyId}',
    id: 'revokeApiKey',
    tag: 'Accounts',
    summary: 'Revoke an API key, at once and on every node; its open connections end',
    answers: { 204: { description: 'It opens nothing any more.' } },
    errors: ['not_found'],
    admits: 'person',
  },
]
