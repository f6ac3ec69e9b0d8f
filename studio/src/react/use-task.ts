import { useState } from 'react'
import { messageOf } from '../api/problem.ts'
import { showToast } from '../ui/toasts.ts'

/** Work that a button begins: whether it is under way, and what went wrong as a message in the corner. */
export function useTask(work: () => Promise<void>, failureTitle: string) {
  const [isBusy, setBusy] = useState(false)
  const run = async (): Promise<void> => {
    setBusy(true)
    try {
      await work()
    } catch (error) {
      showToast({ level: 'error', title: failureTitle, message: messageOf(error) })
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, begin: () => void run() }
}
