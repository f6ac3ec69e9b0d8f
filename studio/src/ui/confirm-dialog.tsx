import { AlertDialog as Radix } from 'radix-ui'
import { useState } from 'react'
import { messageOf } from '../api/problem.ts'
import { Button } from './button.tsx'
import { useReturnFocus } from './use-return-focus.ts'

interface ConfirmDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  /** What will be gone, and whether it can come back. */
  readonly description: string
  readonly confirmLabel: string
  /** The dialog closes when it has worked, and shows what went wrong when not. */
  readonly onConfirm: () => Promise<void>
}

/** Asks before something is taken away. Cancel has the focus. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  confirmLabel,
  onConfirm,
}: ConfirmDialogProps) {
  const [busy, setBusy] = useState(false)
  const returnFocus = useReturnFocus(open)
  const [failure, setFailure] = useState<string | null>(null)

  const confirm = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await onConfirm()
      onOpenChange(false)
    } catch (error) {
      setFailure(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <div className="pointer-events-none fixed inset-0 z-40 grid place-items-end p-3 sm:place-items-center">
          <Radix.Content
            onCloseAutoFocus={returnFocus}
            className="pointer-events-auto w-full max-w-sm animate-pop-in rounded-xl border border-line bg-raised p-5 shadow-lg focus:outline-none"
          >
            <Radix.Title className="text-lg font-semibold tracking-tight">{title}</Radix.Title>
            <Radix.Description className="mt-1.5 text-sm text-muted">{description}</Radix.Description>
            {failure !== null && (
              <p role="alert" className="mt-3 text-sm text-danger">
                {failure}
              </p>
            )}
            <div className="mt-5 flex justify-end gap-2">
              <Radix.Cancel asChild>
                <Button>Cancel</Button>
              </Radix.Cancel>
              <Button variant="danger" busy={busy} onClick={() => void confirm()}>
                {confirmLabel}
              </Button>
            </div>
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  )
}
