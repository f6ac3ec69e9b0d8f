import { create } from 'zustand'

export type ToastLevel = 'info' | 'success' | 'warn' | 'error'

interface ToastAction {
  readonly label: string
  readonly run: () => void
}

interface ToastMessage {
  readonly id: number
  readonly level: ToastLevel
  readonly title: string | null
  readonly message: string
  /** What can be done about it; the message goes then. */
  readonly action: ToastAction | null
}

interface Toasts {
  readonly toasts: readonly ToastMessage[]
  show(toast: { level?: ToastLevel; title?: string; message: string; action?: ToastAction }): void
  dismiss(id: number): void
}

/** More than this many at once and nobody reads any. */
const MAX_TOASTS = 4
let nextId = 1

export const useToasts = create<Toasts>()((set) => ({
  toasts: [],
  show: ({ level = 'info', title, message, action = null }) =>
    set(({ toasts }) => ({
      toasts: [...toasts, { id: nextId++, level, title: title ?? null, message, action }].slice(-MAX_TOASTS),
    })),
  dismiss: (id) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
}))

export const showToast = (toast: Parameters<Toasts['show']>[0]): void => useToasts.getState().show(toast)
