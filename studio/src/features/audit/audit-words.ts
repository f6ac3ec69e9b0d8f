import type { AuditEvent } from '../../api/members.ts'

const textOf = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback)

/** What was done, after the name of who did it: `invited ben@example.org as editor`. */
export function auditWords({ action, details }: Pick<AuditEvent, 'action' | 'details'>): string {
  const who = textOf(details.name, 'a member')
  const what = textOf(details.name, 'a panel')
  const email = textOf(details.email, 'somebody')
  const role = textOf(details.role, 'member')
  switch (action) {
    case 'invitation_made':
      return `invited ${email} as ${role}`
    case 'invitation_withdrawn':
      return `withdrew the invitation of ${email}`
    case 'invitation_accepted':
      return `joined as ${role}`
    case 'member_left':
      return 'left the workspace'
    case 'member_removed':
      return `removed ${who}`
    case 'role_changed':
      return `made ${who} ${textOf(details.to, 'a member')} instead of ${textOf(details.from, 'another role')}`
    case 'ownership_transferred':
      return `handed the workspace over to ${who}`
    case 'panel_deleted':
      return `deleted the panel “${what}”`
    case 'panel_moved_out':
      return `moved the panel “${what}” to another workspace`
    case 'panel_moved_in':
      return `moved the panel “${what}” here from another workspace`
    case 'panel_restored':
      return `brought the panel “${what}” back`
    case 'workspace_changed':
      return changeWords(details)
    case 'workspace_deleted':
      return 'deleted the workspace'
    case 'workspace_restored':
      return 'brought the workspace back'
    default:
      // Of a newer server.
      return action.replaceAll('_', ' ')
  }
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  active: 'activated the workspace',
  archived: 'archived the workspace',
  suspended: 'put the workspace aside',
}

function changeWords({ name, description, status }: AuditEvent['details']): string {
  const changes = [
    typeof name === 'string' ? `named the workspace “${name}”` : null,
    typeof description === 'string' ? 'described the workspace anew' : null,
    typeof status === 'string' ? (STATUS_WORDS[status] ?? null) : null,
  ].filter((change) => change !== null)
  return changes.length === 0 ? 'changed the workspace' : changes.join(', ')
}
