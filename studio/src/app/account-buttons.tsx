import { ChevronsUpDown } from 'lucide-react'
import type { Account } from '../api/shapes.ts'
import { AccountMenu } from '../features/account/account-menu.tsx'
import { personColour } from '../session/person-colour.ts'
import { useLive } from '../stores/live.ts'
import { Avatar } from '../ui/avatar.tsx'

const hasUnsavedEdits = (): boolean => useLive.getState().session?.hasUnsavedEdits() ?? false

/** The account menu in a corner of the launcher. */
export const AccountCorner = ({ account }: { account: Account }) => (
  <AccountMenu
    account={account}
    align="end"
    hasUnsavedEdits={hasUnsavedEdits}
    trigger={
      <button type="button" aria-label="Account menu" title={account.name} className="rounded-full">
        <Avatar name={account.name} colour={personColour(account.id)} />
      </button>
    }
  />
)

/** The account menu at the foot of the side bar. */
export const AccountFoot = ({ account }: { account: Account }) => (
  <AccountMenu
    account={account}
    side="top"
    hasUnsavedEdits={hasUnsavedEdits}
    trigger={
      <button
        type="button"
        aria-label="Account menu"
        className="flex w-full min-w-0 items-center gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-pressed data-[state=open]:bg-pressed"
      >
        <Avatar name={account.name} colour={personColour(account.id)} />
        <span className="min-w-0 flex-1 truncate text-sm font-medium">{account.name}</span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
      </button>
    }
  />
)
