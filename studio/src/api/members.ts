import type { Calls } from './calls.ts'
import type { Role } from './shapes.ts'

export type InvitedRole = Exclude<Role, 'owner'>

export interface Member {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly role: Role
}

export interface Invitation {
  readonly id: string
  readonly email: string
  readonly role: InvitedRole
  /** RFC 3339. */
  readonly expiresAt: string
}

/** What somebody did to the workspace or its people. */
export interface AuditEvent {
  readonly id: string
  /** RFC 3339. */
  readonly occurredAt: string
  readonly userName: string
  /** By which API key; `null`: the person themselves. */
  readonly apiKeyId: string | null
  readonly address: string | null
  readonly action: string
  readonly details: Readonly<Record<string, unknown>>
}

/** What somebody is invited to. */
export interface ShownInvitation {
  readonly email: string
  readonly role: InvitedRole
  readonly workspaceName: string
  readonly invitedBy: string
}

/** A workspace's people. Each call throws {@link ApiError}. */
export function createMembersApi({ http, open, typedOf, done }: Calls) {
  const workspace = (workspaceId: string) => ({ params: { path: { workspaceId } } })
  const member = (workspaceId: string, userId: string) => ({ params: { path: { workspaceId, userId } } })
  return {
    /** The owner first, then by name. */
    list: (workspaceId: string): Promise<readonly Member[]> =>
      typedOf(http.GET('/api/workspaces/{workspaceId}/members', workspace(workspaceId))),
    /** Also those who have been invited before. @returns The token, for the link, and whether that was mailed. */
    invite: (
      workspaceId: string,
      body: { email: string; role: InvitedRole },
    ): Promise<{ readonly token: string; readonly isMailed: boolean }> =>
      typedOf(http.POST('/api/workspaces/{workspaceId}/members', { ...workspace(workspaceId), body })),
    /** `owner` hands the workspace over. */
    changeRole: (workspaceId: string, userId: string, role: Role): Promise<void> =>
      done(
        http.PATCH('/api/workspaces/{workspaceId}/members/{userId}', {
          ...member(workspaceId, userId),
          body: { role },
        }),
      ),
    remove: (workspaceId: string, userId: string): Promise<void> =>
      done(http.DELETE('/api/workspaces/{workspaceId}/members/{userId}', member(workspaceId, userId))),
    listInvitations: (workspaceId: string): Promise<readonly Invitation[]> =>
      typedOf(http.GET('/api/workspaces/{workspaceId}/invitations', workspace(workspaceId))),
    withdraw: (workspaceId: string, invitationId: string): Promise<void> =>
      done(
        http.DELETE('/api/workspaces/{workspaceId}/invitations/{invitationId}', {
          params: { path: { workspaceId, invitationId } },
        }),
      ),
    /** The newest first, for owners. @param before - The id of the oldest one known; absent: from the newest on. */
    readAudit: (
      workspaceId: string,
      query: { limit: number; before?: string },
    ): Promise<readonly AuditEvent[]> =>
      typedOf(
        http.GET('/api/workspaces/{workspaceId}/audit', {
          params: { ...workspace(workspaceId).params, query },
        }),
      ),
    show: (token: string): Promise<ShownInvitation> =>
      typedOf(open.POST('/api/invitations/show', { body: { token } })),
    /** @returns The id of the workspace. */
    accept: async (token: string): Promise<string> =>
      (await typedOf(http.POST('/api/invitations/accept', { body: { token } }))).id,
  }
}
