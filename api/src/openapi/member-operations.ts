import {
  auditEventSchema,
  auditQuery,
  changeMemberRequest,
  createdInvitationSchema,
  invitationSchema,
  invitationTokenRequest,
  inviteRequest,
  memberSchema,
  shownInvitationSchema,
  workspaceSchema,
} from '@nexus/core/http-contract'
import type { Operation } from './operation.ts'

const JSON_TYPE = 'application/json'
const MEMBER = { name: 'Member', schema: memberSchema }
const TOKEN = { [JSON_TYPE]: { name: 'InvitationToken', schema: invitationTokenRequest } }

export const MEMBER_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/members',
    id: 'listMembers',
    tag: 'Members',
    summary: 'Who may see the workspace, and as what: the owner first, then by name',
    answers: { 200: { description: 'All of them.', body: { listOf: MEMBER } } },
    errors: [],
    admits: 'viewer',
  },
  {
    method: 'post',
    path: '/api/workspaces/{workspaceId}/members',
    id: 'inviteMember',
    tag: 'Members',
    summary: 'Invite somebody by e-mail, with an account or without; who was invited before is invited anew',
    body: { [JSON_TYPE]: { name: 'Invite', schema: inviteRequest } },
    answers: {
      201: {
        description: 'The invitation, good for 14 days. Its token is shown this once.',
        headers: ['Location'],
        body: { name: 'CreatedInvitation', schema: createdInvitationSchema },
      },
    },
    errors: ['already_member', 'quota_exceeded'],
    admits: 'owner',
  },
  {
    method: 'patch',
    path: '/api/workspaces/{workspaceId}/members/{userId}',
    id: 'changeMember',
    tag: 'Members',
    summary: 'Change what a member may do, at once on open connections, or hand the workspace over',
    body: { [JSON_TYPE]: { name: 'ChangeMember', schema: changeMemberRequest } },
    answers: { 200: { description: 'The member as it is now.', body: MEMBER } },
    errors: ['quota_exceeded'],
    admits: 'owner',
  },
  {
    method: 'delete',
    path: '/api/workspaces/{workspaceId}/members/{userId}',
    id: 'removeMember',
    tag: 'Members',
    summary: 'Remove a member, whose open connections end; members may remove themselves',
    answers: { 204: { description: 'The person sees nothing of the workspace any more.' } },
    errors: ['validation_failed'],
    admits: 'owner',
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/invitations',
    id: 'listInvitations',
    tag: 'Members',
    summary: 'Invitations that nobody has accepted yet, the newest first',
    answers: {
      200: {
        description: 'All that are good still.',
        body: { listOf: { name: 'Invitation', schema: invitationSchema } },
      },
    },
    errors: [],
    admits: 'owner',
  },
  {
    method: 'delete',
    path: '/api/workspaces/{workspaceId}/invitations/{invitationId}',
    id: 'withdrawInvitation',
    tag: 'Members',
    summary: 'Withdraw an invitation',
    answers: { 204: { description: 'Its token is void.' } },
    errors: [],
    admits: 'owner',
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/audit',
    id: 'readAudit',
    tag: 'Members',
    summary: 'Who did what to the workspace, and from where, the newest first',
    query: auditQuery,
    answers: {
      200: {
        description: 'One page; the next one is asked for with `before`.',
        body: { listOf: { name: 'AuditEvent', schema: auditEventSchema } },
      },
    },
    errors: ['validation_failed'],
    admits: 'owner',
  },
  {
    method: 'post',
    path: '/api/invitations/show',
    id: 'showInvitation',
    tag: 'Members',
    summary: 'What somebody who has its token is invited to',
    body: TOKEN,
    answers: {
      200: {
        description: 'The invitation.',
        body: { name: 'ShownInvitation', schema: shownInvitationSchema },
      },
    },
    errors: ['not_found', 'rate_limited'],
    admits: 'anyone',
  },
  {
    method: 'post',
    path: '/api/invitations/accept',
    id: 'acceptInvitation',
    tag: 'Members',
    summary: 'Become a member; the account must have the e-mail address that was invited',
    body: TOKEN,
    answers: {
      200: { description: 'The workspace.', body: { name: 'Workspace', schema: workspaceSchema } },
    },
    errors: ['not_found'],
    admits: 'person',
  },
]
