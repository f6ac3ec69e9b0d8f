import { waitAtMost } from '../model/wait-at-most.ts'

/** Time for what hangs to end by itself, ms; it ends with what it hangs on, the connections to the stores, otherwise. */
const DISPOSE_GRACE_MS = 500

interface Closing {
  readonly disposeServices: () => Promise<void>
  readonly closePort: () => Promise<void>
  readonly closeStores: () => Promise<void>
}

/** Closes services, their port and their stores, in this order, and goes on when a service waits for a store that hangs. */
export async function closeInTime({ disposeServices, closePort, closeStores }: Closing): Promise<void> {
  const disposed = disposeServices()
  await waitAtMost(DISPOSE_GRACE_MS, disposed)
  await closePort()
  await closeStores()
  await disposed
}
