import { messageOf } from '../api/problem.ts'
import { showToast } from './toasts.ts'

/** Says what has been done, and offers to take it back. */
export const offerUndo = ({ message, undo }: { message: string; undo: () => Promise<void> }): void =>
  showToast({
    message,
    action: {
      label: 'Undo',
      run: () =>
        void undo().catch((error: unknown) =>
          showToast({ level: 'error', title: 'It could not be undone', message: messageOf(error) }),
        ),
    },
  })
