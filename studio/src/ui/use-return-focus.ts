import { useRef } from 'react'

/** What has the focus now; for a menu's item the button of the menu, because the item is about to go. */
function presentOpener(): HTMLElement | null {
  const { activeElement } = document
  const menu = activeElement?.closest('[role="menu"]')
  const button = menu?.getAttribute('aria-labelledby')
  const opener = button ? document.getElementById(button) : activeElement
  return opener instanceof HTMLElement && opener !== document.body ? opener : null
}

/**
 * Gives the focus back to where it was when `open` became true. Dialogs here are opened by state, not by a trigger of
 * their own, so nobody else knows where that was. When it went with what was deleted, the main part of the page has it.
 *
 * @returns For `onCloseAutoFocus`.
 */
export function useReturnFocus(open: boolean): (event: Event) => void {
  const opener = useRef<HTMLElement | null>(null)
  const wasOpen = useRef(false)
  // While drawing: by the time effects run, a field with autoFocus has it already.
  if (open && !wasOpen.current) opener.current = presentOpener()
  wasOpen.current = open
  return (event) => {
    const isThere = opener.current?.isConnected === true
    const next = isThere ? opener.current : document.querySelector<HTMLElement>('main[tabindex]')
    if (next === null) return
    event.preventDefault()
    next.focus()
  }
}
