import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { classes } from './classes.ts'
import { useReturnFocus } from './use-return-focus.ts'

interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  /** One sentence below the title; read aloud when the dialog opens. */
  readonly description?: string
  readonly size?: 'sm' | 'md' | 'lg' | 'xl'
  readonly children: ReactNode
}

const WIDTHS = { sm: 'max-w-sm', md: 'max-w-md', lg: 'max-w-xl', xl: 'max-w-4xl' }

/** A window above the page: holds the focus, closes with Esc, gives the focus back. */
export function Dialog({ open, onOpenChange, title, description, size = 'md', children }: DialogProps) {
  const returnFocus = useReturnFocus(open)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <div className="pointer-events-none fixed inset-0 z-40 grid place-items-end p-3 sm:place-items-center sm:p-6">
          <Radix.Content
            onCloseAutoFocus={returnFocus}
            {...(description === undefined ? { 'aria-describedby': undefined } : {})}
            className={classes(
              'pointer-events-auto flex max-h-full w-full animate-pop-in flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-lg focus:outline-none',
              WIDTHS[size],
            )}
          >
            <header className="flex items-start gap-3 px-5 pt-4.5 pb-3">
              <div className="min-w-0 flex-1">
                <Radix.Title className="text-lg font-semibold tracking-tight">{title}</Radix.Title>
                {description !== undefined && (
                  <Radix.Description className="mt-0.5 text-sm text-muted">{description}</Radix.Description>
                )}
              </div>
              <Radix.Close asChild>
                <IconButton label="Close" className="-mt-1 -mr-1.5">
                  <X aria-hidden />
                </IconButton>
              </Radix.Close>
            </header>
            {children}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  )
}

export const DialogBody = ({ children, className }: { children: ReactNode; className?: string }) => (
  <div className={classes('min-h-0 overflow-y-auto px-5 pt-1 pb-5', className)}>{children}</div>
)

export const DialogFooter = ({ children }: { children: ReactNode }) => (
  <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-canvas px-5 py-3">
    {children}
  </footer>
)
