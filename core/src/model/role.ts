/** What a member may do in a workspace, from most to least. Owners administer, editors write, viewers read. */
export const ROLES = ['owner', 'editor', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const canWrite = (role: Role): boolean => role !== 'viewer'
export const isOwner = (role: Role): boolean => role === 'owner'
