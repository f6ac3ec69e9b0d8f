import * as z from 'zod'
import { TRIGGERS } from '../../model/cause.ts'
import { timeField, versionField } from './fields.ts'
import { patchField } from './json-patch.ts'
import { stateValueSchema } from './state.ts'

/** What a client says on `/ws/state/{w}`. */
export const stateSocketRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('subscribe'),
    panelId: z.string(),
    fromVersion: versionField
      .optional()
      .describe('The version the client has; what came after it follows. Absent: the whole state first.'),
  }),
  z.object({ type: z.literal('unsubscribe'), panelId: z.string() }),
  z.object({ type: z.literal('ping') }),
])
export type StateSocketRequest = z.infer<typeof stateSocketRequest>

/** The whole state: at the beginning, and whenever updates could not be sent one by one. */
export const stateSyncMessage = z.object({
  type: z.literal('state_sync'),
  panelId: z.string(),
  state: stateValueSchema,
  version: z.int(),
  /** When `version` was saved. */
  timestamp: timeField,
})

/** Applied to the state at `previousVersion`, the last one told, the patch gives the state at `version`. */
export const stateUpdateMessage = z.object({
  type: z.literal('state_update'),
  panelId: z.string(),
  patch: patchField.describe('Empty for a version that changed nothing one can read.'),
  previousVersion: z.int(),
  version: z.int(),
  userId: z.string().nullable(),
  triggeredBy: z.enum(TRIGGERS),
  triggerSource: z.string().nullable(),
  timestamp: timeField,
})

/** With `panelId`: of this subscription, which is over. */
export const stateErrorMessage = z.object({
  type: z.literal('error'),
  code: z.string(),
  message: z.string(),
  panelId: z.string().optional().describe('Whose subscription is over.'),
  pointer: z
    .string()
    .optional()
    .describe('RFC 6901, into the message that was refused: the field that is wrong.'),
})

export const statePongMessage = z.object({ type: z.literal('pong') })

/** What the server says, on `/ws/state/{w}` and (but for `pong`) as Server-Sent Events. */
export const stateMessage = z.discriminatedUnion('type', [
  stateSyncMessage,
  stateUpdateMessage,
  stateErrorMessage,
  statePongMessage,
])
export type StateMessage = z.infer<typeof stateMessage>
