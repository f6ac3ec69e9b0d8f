import type { Account } from '../../api/shapes.ts'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { AddressSection } from './address-section.tsx'
import { ChangePasswordForm } from './change-password-form.tsx'
import { DeleteAccountForm } from './delete-account-form.tsx'
import { PasswordByMail } from './password-by-mail.tsx'
import { SessionList } from './session-list.tsx'

interface SettingsDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly account: Account
}

/** The person's own account: address, password, sessions, and its end. */
export const SettingsDialog = ({ open, onOpenChange, account }: SettingsDialogProps) => (
  <Dialog open={open} onOpenChange={onOpenChange} title="Account" description={account.name} size="lg">
    <DialogBody className="space-y-6">
      <section aria-labelledby="settings-address">
        <h3 id="settings-address" className="mb-1 text-sm font-semibold">
          E-mail address
        </h3>
        <AddressSection account={account} />
      </section>
      <section aria-labelledby="settings-sessions">
        <h3 id="settings-sessions" className="mb-1 text-sm font-semibold">
          Where you are signed in
        </h3>
        {open && <SessionList />}
      </section>
      <section aria-labelledby="settings-password">
        <h3 id="settings-password" className="mb-2 text-sm font-semibold">
          Password
        </h3>
        {account.hasPassword && <ChangePasswordForm />}
        <PasswordByMail account={account} />
      </section>
      <section aria-labelledby="settings-end">
        <h3 id="settings-end" className="mb-1 text-sm font-semibold">
          Delete account
        </h3>
        <DeleteAccountForm hasPassword={account.hasPassword} />
      </section>
    </DialogBody>
  </Dialog>
)
