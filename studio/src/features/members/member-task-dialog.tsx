import type { Member } from '../../api/members.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

/** What is asked about before it is done. */
export interface MemberTask {
  readonly kind: 'hand over' | 'remove' | 'leave'
  readonly member: Member
}

interface MemberTaskDialogProps {
  readonly task: MemberTask | null
  readonly workspaceName: string
  readonly onClose: () => void
  readonly onConfirm: (task: MemberTask) => Promise<void>
}

interface Question {
  readonly title: string
  readonly description: string
  readonly confirmLabel: string
}

function questionOf({ kind, member: { name } }: MemberTask, workspaceName: string): Question {
  if (kind === 'hand over')
    return {
      title: `Make ${name} the owner?`,
      description: `They manage “${workspaceName}” from then on, and you become an editor. Only they can undo it.`,
      confirmLabel: 'Make owner',
    }
  if (kind === 'remove')
    return {
      title: `Remove ${name}?`,
      description: `They lose access to “${workspaceName}” at once. What they have written stays. You can invite them again.`,
      confirmLabel: 'Remove',
    }
  return {
    title: `Leave “${workspaceName}”?`,
    description: 'You lose access at once. To come back, somebody has to invite you again.',
    confirmLabel: 'Leave',
  }
}

export function MemberTaskDialog({ task, workspaceName, onClose, onConfirm }: MemberTaskDialogProps) {
  if (task === null) return null
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      {...questionOf(task, workspaceName)}
      onConfirm={() => onConfirm(task)}
    />
  )
}
