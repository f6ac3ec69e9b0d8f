import * as z from 'zod'
import { SCOPES } from '../../model/scope.ts'
import { nameField, timeField } from './fields.ts'

const MAX_NAME_CHARS = 100
/** A key for more workspaces than this is one for all. */
const MAX_WORKSPACES = 100

export const createApiKeyRequest = z.strictObject({
  name: nameField
    .pipe(z.string().max(MAX_NAME_CHARS))
    .describe('What it is for, so that it can be told from others later.'),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .optional()
    .meta({
      description:
        'What it may be used for, never more than its owner may. `write` includes `read`, `admin` (what owners may) both; `git` is cloning.',
      default: ['read'],
    }),
  workspaceIds: z
    .array(z.string().max(100))
    .min(1)
    .max(MAX_WORKSPACES)
    .optional()
    .describe('The only workspaces it may be used for; absent: all, also later ones.'),
  expiresAt: timeField.optional().describe('When it ends by itself; absent: never.'),
})
export type CreateApiKeyRequest = z.input<typeof createApiKeyRequest>

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Its first characters. */
  start: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  /** `null`: all. */
  workspaceIds: z.array(z.string()).nullable(),
  createdAt: timeField,
  /** `null`: never. */
  expiresAt: timeField.nullable(),
  /** To the minute; `null`: not yet. */
  lastUsedAt: timeField.nullable(),
})
/** An entry of `GET /api/keys`. */
export type ApiKeyView = z.infer<typeof apiKeySchema>

export const createdApiKeySchema = apiKeySchema.extend({
  /** The key itself, shown this once. */
  key: z.string(),
})
/** The answer to `POST /api/keys`. */
export type CreatedApiKeyView = z.infer<typeof createdApiKeySchema>
