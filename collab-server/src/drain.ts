import { setTimeout as wait } from 'node:timers/promises'
import { CLOSE_CODES, waitAtMost } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { Collab } from './assemble.ts'
import type { SocketRegistry } from './transport/socket-registry.ts'

/** Time in which acks of what was read so far may still go out, ms; at most a third of all there is. */
const ACK_GRACE_MS = 1_000
const CHECK_MS = 20
/** Up to this many clients are no crowd, wherever they go next. */
const FEW_SOCKETS = 50

interface DrainParts extends Pick<Collab, 'hocuspocus' | 'queue' | 'registry'> {
  readonly logger: Logger
  readonly timeoutMs: number
  /** Time over which a crowd of clients is let go, ms; at most a third of all there is. */
  readonly spreadMs: number
}

/** Lets every client go, then waits until everything is saved and closed, or until the time is over. */
export async function drain(parts: DrainParts): Promise<void> {
  const { hocuspocus, queue, registry, logger, timeoutMs, spreadMs } = parts
  const deadline = performance.now() + timeoutMs
  // A client that has its acks has nothing to send again.
  await waitAtMost(Math.min(ACK_GRACE_MS, timeoutMs / 3), queue.idle())
  await letGo(registry, Math.min(spreadMs, timeoutMs / 3))
  const isDone = () => registry.size === 0 && hocuspocus.documents.size === 0 && queue.waitingBytes === 0
  while (!isDone() && performance.now() < deadline) await wait(CHECK_MS)
  if (!isDone()) {
    logger.warn(
      { sockets: registry.size, documents: hocuspocus.documents.size, unsavedBytes: queue.waitingBytes },
      'not everything was finished in time; edits that are not saved were not acknowledged either',
    )
  }
}

/** Those who are not let go yet go on working here: their edits are saved and acknowledged until their turn comes. */
async function letGo(registry: SocketRegistry, spreadMs: number): Promise<void> {
  const sockets = [...registry]
  const turns = sockets.length <= FEW_SOCKETS ? 1 : Math.max(1, Math.floor(spreadMs / CHECK_MS))
  const perTurn = Math.ceil(sockets.length / turns)
  for (let start = 0; start < sockets.length; start += perTurn) {
    if (start > 0) await wait(CHECK_MS)
    for (const socket of sockets.slice(start, start + perTurn)) {
      socket.close(CLOSE_CODES.restarting, 'this server restarts')
    }
  }
}
