/** The browser's own opinion of the network. It knows when a cable is out, not whether a server answers. */
export const browserNetwork = {
  isOffline: (): boolean => !navigator.onLine,
  /** Hears when the opinion changes. @returns Stops. */
  subscribe(listener: () => void): () => void {
    window.addEventListener('online', listener)
    window.addEventListener('offline', listener)
    return () => {
      window.removeEventListener('online', listener)
      window.removeEventListener('offline', listener)
    }
  },
}
