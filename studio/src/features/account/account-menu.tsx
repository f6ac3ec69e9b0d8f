import { CircleUser, KeyRound, LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { lazy, type ReactElement, Suspense, useState } from 'react'
import { messageOf } from '../../api/problem.ts'
import type { Account } from '../../api/shapes.ts'
import { useAccount } from '../../stores/account.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '../../ui/menu.tsx'
import { useTheme } from '../../ui/theme.ts'
import { showToast } from '../../ui/toasts.ts'

// Few people open them, and nobody at once.
const KeysDialog = lazy(async () => ({ default: (await import('../keys/keys-dialog.tsx')).KeysDialog }))
const SettingsDialog = lazy(async () => ({ default: (await import('./settings-dialog.tsx')).SettingsDialog }))

const THEME_OPTIONS = [
  { value: 'system', label: 'System', icon: <Monitor aria-hidden /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden /> },
]

interface AccountMenuProps {
  readonly account: Account
  readonly trigger: ReactElement
  readonly side?: 'top' | 'bottom'
  readonly align?: 'start' | 'end'
  /** Whether this browser holds edits the server does not have yet. */
  readonly hasUnsavedEdits: () => boolean
}

/** Who is signed in, the theme, and the way out. */
export function AccountMenu({
  account,
  trigger,
  side = 'bottom',
  align = 'start',
  hasUnsavedEdits,
}: AccountMenuProps) {
  const { theme, choose } = useTheme()
  const signOut = useAccount((state) => state.signOut)
  const [asking, setAsking] = useState(false)
  const [showsKeys, setShowsKeys] = useState(false)
  const [showsSettings, setShowsSettings] = useState(false)

  const leave = () => {
    if (hasUnsavedEdits()) return setAsking(true)
    signOut().catch((error: unknown) =>
      showToast({ level: 'error', title: 'You are still signed in', message: messageOf(error) }),
    )
  }

  return (
    <>
      <Menu trigger={trigger} side={side} align={align}>
        <MenuLabel>
          <span className="block truncate text-sm font-medium text-ink">{account.name}</span>
          <span className="block truncate">{account.email}</span>
        </MenuLabel>
        <MenuSeparator />
        <MenuChoice label="Theme" value={theme} onChange={choose} options={THEME_OPTIONS} />
        <MenuSeparator />
        <MenuItem icon={<CircleUser aria-hidden />} onSelect={() => setShowsSettings(true)}>
          Account
        </MenuItem>
        <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => setShowsKeys(true)}>
          API keys
        </MenuItem>
        <MenuItem icon={<LogOut aria-hidden />} onSelect={leave}>
          Sign out
        </MenuItem>
      </Menu>
      <Suspense>
        {showsSettings && <SettingsDialog open onOpenChange={setShowsSettings} account={account} />}
        {showsKeys && <KeysDialog open onOpenChange={setShowsKeys} />}
      </Suspense>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign out with unsaved edits?"
        description="Some of your edits have not reached the server. Signing out removes them from this browser."
        confirmLabel="Sign out anyway"
        onConfirm={signOut}
      />
    </>
  )
}
