import type { Role } from '../../api/shapes.ts'

/** What a role is called, and what it may do. */
export const ROLE_WORDS: Readonly<Record<Role, { readonly label: string; readonly may: string }>> = {
  owner: { label: 'Owner', may: 'manages people and settings' },
  editor: { label: 'Editor', may: 'changes panels' },
  viewer: { label: 'Viewer', may: 'looks on' },
}

export const INVITED_ROLES = [
  { value: 'editor', label: 'Editor' },
  { value: 'viewer', label: 'Viewer' },
] as const
