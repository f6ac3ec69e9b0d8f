import { Users } from 'lucide-react'
import { useCallback, useState } from 'react'
import type { Workspace } from '../../api/shapes.ts'
import { useLoaded } from '../../react/use-loaded.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { showToast } from '../../ui/toasts.ts'
import { InvitationList } from './invitation-list.tsx'
import { InviteForm } from './invite-form.tsx'
import { MemberRow } from './member-row.tsx'
import { type MemberTask, MemberTaskDialog } from './member-task-dialog.tsx'

interface MembersDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly workspace: Workspace
  /** Of the person. */
  readonly accountId: string
  /** They are no member any more. */
  readonly onLeft: () => void
}

/** A workspace's people; its owner invites, changes and removes. */
export function MembersDialog({ open, onOpenChange, workspace, accountId, onLeft }: MembersDialogProps) {
  const isOwner = workspace.role === 'owner'
  const { id } = workspace
  const load = useCallback(
    async () => ({
      members: await api.members.list(id),
      invitations: isOwner ? await api.members.listInvitations(id) : [],
    }),
    [id, isOwner],
  )
  const { loaded, reload } = useLoaded(open ? load : null)
  const [task, setTask] = useState<MemberTask | null>(null)

  const carryOut = async ({ kind, member }: MemberTask): Promise<void> => {
    if (kind === 'hand over') await api.members.changeRole(id, member.userId, 'owner')
    else await api.members.remove(id, member.userId)
    if (kind === 'leave') {
      onOpenChange(false)
      showToast({ level: 'info', message: `You have left “${workspace.name}”.` })
      onLeft()
    } else await reload()
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Members"
      description={
        isOwner ? `Who may see “${workspace.name}”, and as what.` : `Who may see “${workspace.name}”.`
      }
      size="lg"
    >
      <DialogBody className="space-y-5">
        {isOwner && <InviteForm workspaceId={id} onInvited={() => void reload()} />}
        {loaded.state === 'loading' && <Waiting />}
        {loaded.state === 'failed' && (
          <EmptyState
            icon={<Users aria-hidden />}
            title="The members could not be loaded"
            action={<Button onClick={() => void reload()}>Try again</Button>}
          >
            {loaded.message}
          </EmptyState>
        )}
        {loaded.state === 'ready' && (
          <>
            <ul aria-label="Members" className="divide-y divide-line">
              {loaded.value.members.map((member) => (
                <MemberRow
                  key={member.userId}
                  member={member}
                  isMe={member.userId === accountId}
                  isManaged={isOwner && member.role !== 'owner'}
                  onChangeRole={async (role) => {
                    await api.members.changeRole(id, member.userId, role)
                    await reload()
                  }}
                  onTask={(kind) => setTask({ kind, member })}
                />
              ))}
            </ul>
            {loaded.value.invitations.length > 0 && (
              <InvitationList
                invitations={loaded.value.invitations}
                onWithdraw={async (invitationId) => {
                  await api.members.withdraw(id, invitationId)
                  await reload()
                }}
              />
            )}
          </>
        )}
      </DialogBody>
      <MemberTaskDialog
        task={task}
        workspaceName={workspace.name}
        onClose={() => setTask(null)}
        onConfirm={carryOut}
      />
    </Dialog>
  )
}

const Waiting = () => (
  <div role="status">
    <span className="sr-only">Loading the members</span>
    {['one', 'two', 'three'].map((key) => (
      <div key={key} aria-hidden className="flex items-center gap-3 py-3">
        <div className="skeleton size-7 rounded-full" />
        <div className="flex-1 space-y-1.5">
          <div className="skeleton h-3.5 w-1/3" />
          <div className="skeleton h-3 w-1/2" />
        </div>
      </div>
    ))}
  </div>
)
