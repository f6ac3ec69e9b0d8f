import { Crown, LogOut, MoreHorizontal, UserMinus } from 'lucide-react'
import { useState } from 'react'
import type { InvitedRole, Member } from '../../api/members.ts'
import { messageOf } from '../../api/problem.ts'
import { personColour } from '../../session/person-colour.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { showToast } from '../../ui/toasts.ts'
import type { MemberTask } from './member-task-dialog.tsx'
import { INVITED_ROLES, ROLE_WORDS } from './roles.ts'

interface MemberRowProps {
  readonly member: Member
  readonly isMe: boolean
  /** The person may change and remove them. */
  readonly isManaged: boolean
  readonly onChangeRole: (role: InvitedRole) => Promise<void>
  readonly onTask: (kind: MemberTask['kind']) => void
}

/** One person: who, as what, and what can be done about it. */
export function MemberRow({ member, isMe, isManaged, onChangeRole, onTask }: MemberRowProps) {
  const { userId, name, email, role } = member
  return (
    <li className="flex items-center gap-3 py-2.5">
      <Avatar name={name} colour={personColour(userId)} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">
          {name}
          {isMe && <span className="font-normal text-muted"> (you)</span>}
        </p>
        <p className="truncate text-xs text-muted">{email}</p>
      </div>
      {isManaged && role !== 'owner' ? (
        <RoleSelect name={name} role={role} onChangeRole={onChangeRole} />
      ) : (
        <span className="shrink-0 text-sm text-muted" title={ROLE_WORDS[role].may}>
          {ROLE_WORDS[role].label}
        </span>
      )}
      {isManaged && (
        <Menu
          align="end"
          trigger={
            <IconButton label={`More for ${name}`}>
              <MoreHorizontal aria-hidden />
            </IconButton>
          }
        >
          <MenuItem icon={<Crown aria-hidden />} onSelect={() => onTask('hand over')}>
            Make owner
          </MenuItem>
          <MenuItem icon={<UserMinus aria-hidden />} tone="danger" onSelect={() => onTask('remove')}>
            Remove
          </MenuItem>
        </Menu>
      )}
      {isMe && role !== 'owner' && (
        <IconButton label="Leave this workspace" onClick={() => onTask('leave')}>
          <LogOut aria-hidden />
        </IconButton>
      )}
    </li>
  )
}

function RoleSelect({
  name,
  role,
  onChangeRole,
}: {
  name: string
  role: InvitedRole
  onChangeRole: (role: InvitedRole) => Promise<void>
}) {
  /** What was chosen, until the list says it. */
  const [wanted, setWanted] = useState<InvitedRole | null>(null)
  const choose = async (chosen: InvitedRole): Promise<void> => {
    setWanted(chosen)
    try {
      await onChangeRole(chosen)
    } catch (error) {
      showToast({ level: 'error', title: 'The role was not changed', message: messageOf(error) })
    } finally {
      setWanted(null)
    }
  }
  return (
    <SelectField
      label={`Role of ${name}`}
      isBare
      value={wanted ?? role}
      disabled={wanted !== null}
      options={INVITED_ROLES}
      onChoose={(chosen) => void choose(chosen)}
      className="w-26 shrink-0"
    />
  )
}
