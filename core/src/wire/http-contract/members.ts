import * as z from 'zod'
import { ROLES } from '../../model/role.ts'
import { emailField } from './accounts.ts'
import { countText, jsonObjectField, timeField } from './fields.ts'

/** What people are invited as; ownership is handed over to members only. */
export const INVITED_ROLES = ['editor', 'viewer'] as const

export const memberSchema = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
})
/** An entry of `GET /api/workspaces/{w}/members`. */
export type MemberView = z.infer<typeof memberSchema>

export const inviteRequest = z.strictObject({ email: emailField, role: z.enum(INVITED_ROLES) })
export type InviteRequest = z.input<typeof inviteRequest>

export const changeMemberRequest = z.strictObject({
  role: z
    .enum(ROLES)
    .describe('`owner` hands the workspace over: the member becomes its owner, and who was it an editor.'),
})
export type ChangeMemberRequest = z.input<typeof changeMemberRequest>

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(INVITED_ROLES),
  /** User id. */
  invitedBy: z.string(),
  createdAt: timeField,
  expiresAt: timeField,
})
/** An entry of `GET /api/workspaces/{w}/invitations`. */
export type InvitationView = z.infer<typeof invitationSchema>

export const createdInvitationSchema = invitationSchema.extend({
  /** What it is accepted with; shown this once, and sent by mail where the installation sends mail. */
  token: z.string(),
  /** The studio's page for it; `null` when the installation does not know its address. */
  url: z.string().nullable(),
  /** A mail with the link is on its way. */
  isMailed: z.boolean(),
})
/** The answer to `POST /api/workspaces/{w}/members`. */
export type CreatedInvitationView = z.infer<typeof createdInvitationSchema>

export const invitationTokenRequest = z.strictObject({ token: z.string().min(1).max(200) })
export type InvitationTokenRequest = z.input<typeof invitationTokenRequest>

export const shownInvitationSchema = z.object({
  email: z.string(),
  role: z.enum(INVITED_ROLES),
  workspaceName: z.string(),
  /** A name. */
  invitedBy: z.string(),
  expiresAt: timeField,
})
/** The answer to `POST /api/invitations/show`. */
export type ShownInvitationView = z.infer<typeof shownInvitationSchema>

const MAX_EVENTS = 200
const DEFAULT_EVENTS = 50

export const auditQuery = z.object({
  limit: countText({ min: 1, max: MAX_EVENTS }).default(DEFAULT_EVENTS).describe('How many are listed.'),
  before: z.uuid().optional().describe('The oldest event the caller has; those before it are listed.'),
})

export const auditEventSchema = z.object({
  id: z.string(),
  occurredAt: timeField,
  userId: z.string(),
  /** At that time. */
  userName: z.string(),
  /** By which API key; `null`: the person themselves. */
  apiKeyId: z.string().nullable(),
  /** Of the client. */
  address: z.string().nullable(),
  /** A snake_case word, such as `member_removed`. */
  action: z.string(),
  details: jsonObjectField,
})
/** An entry of `GET /api/workspaces/{w}/audit`, newest first. */
export type AuditEventView = z.infer<typeof auditEventSchema>
