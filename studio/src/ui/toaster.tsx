import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { Toast } from 'radix-ui'
import { Button, IconButton } from './button.tsx'
import { type ToastLevel, useToasts } from './toasts.ts'

const ICONS: Record<ToastLevel, { icon: typeof Info; tone: string }> = {
  info: { icon: Info, tone: 'text-info' },
  success: { icon: CircleCheck, tone: 'text-success' },
  warn: { icon: TriangleAlert, tone: 'text-warn' },
  error: { icon: CircleAlert, tone: 'text-danger' },
}

/** Long enough to read two lines; a pointer or the focus on it stops the clock. */
const SHOWN_FOR_MS = 6_000

/** Short messages in the corner; read aloud as they appear. F8 moves the focus there. */
export function Toaster() {
  const toasts = useToasts((state) => state.toasts)
  const dismiss = useToasts((state) => state.dismiss)
  return (
    <Toast.Provider duration={SHOWN_FOR_MS} swipeDirection="right">
      {toasts.map(({ id, level, title, message, action }) => {
        const { icon: Icon, tone } = ICONS[level]
        return (
          <Toast.Root
            key={id}
            type={level === 'error' ? 'foreground' : 'background'}
            onOpenChange={(open) => {
              if (!open) dismiss(id)
            }}
            className="flex w-full animate-toast-in items-start gap-3 rounded-lg border border-line bg-raised p-3 pr-2 shadow-lg"
          >
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${tone}`} />
            <div className="min-w-0 flex-1 text-sm">
              {title !== null && <Toast.Title className="font-semibold">{title}</Toast.Title>}
              <Toast.Description className={title === null ? 'break-words' : 'break-words text-muted'}>
                {message}
              </Toast.Description>
            </div>
            {action !== null && (
              <Toast.Action asChild altText={action.label}>
                <Button size="sm" onClick={action.run}>
                  {action.label}
                </Button>
              </Toast.Action>
            )}
            <Toast.Close asChild>
              <IconButton label="Dismiss" className="-my-1 size-7">
                <X aria-hidden />
              </IconButton>
            </Toast.Close>
          </Toast.Root>
        )
      })}
      <Toast.Viewport className="fixed right-0 bottom-0 z-60 flex w-96 max-w-full flex-col gap-2 p-4 outline-none" />
    </Toast.Provider>
  )
}
