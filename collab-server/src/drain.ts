import { setTimeout as wait } from 'node:timers/promises'
import { CLOSE_CODES } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { Collab } from './assemble.ts'

/** Time in which acks of what was read so far may still go out, ms; at most a third of all there is. */
const ACK_GRACE_MS = 1_000
const CHECK_MS = 20

interface DrainParts extends Pick<Collab, 'hocuspocus' | 'queue' | 'registry'> {
  readonly logger: Logger
  readonly timeoutMs: number
}

/** Lets every client go, then waits until everything is saved and closed, or until the time is over. */
export async function drain({ hocuspocus, queue, registry, logger, timeoutMs }: DrainParts): Promise<void> {
  const deadline = performance.now() + timeoutMs
  // A client that has its acks has nothing to send again.
  await Promise.race([queue.idle(), wait(Math.min(ACK_GRACE_MS, timeoutMs / 3))])
  for (const socket of registry) socket.close(CLOSE_CODES.restarting, 'this server restarts')
  const isDone = () => registry.size === 0 && hocuspocus.documents.size === 0 && queue.waitingBytes === 0
  while (!isDone() && performance.now() < deadline) await wait(CHECK_MS)
  if (!isDone()) {
    logger.warn(
      { sockets: registry.size, documents: hocuspocus.documents.size, unsavedBytes: queue.waitingBytes },
      'not everything was finished in time; edits that are not saved were not acknowledged either',
    )
  }
}
