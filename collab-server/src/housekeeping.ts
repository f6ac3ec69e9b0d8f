import { CLOSE_CODES, type Fanout } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { Collab } from './assemble.ts'
import type { CollabOptions } from './config.ts'
import type { CollabSocket } from './transport/socket.ts'

/** Pace of looking for tokens that end, ms. */
const TOKEN_CHECK_MS = 1_000
/** Sockets are pinged in so many parts, one after the other: thousands at once would hold everybody up. */
const PING_PARTS = 20
/** Share of the ping's pace within which a message is as good as a ping: together below the 30 s clients wait. */
const QUIET_SHARE = 0.3

interface HousekeepingParts extends Pick<Collab, 'registry' | 'rights' | 'presence'> {
  readonly options: CollabOptions
  readonly fanout: Fanout
  readonly logger: Logger
}

/** Begins what happens at a steady pace. @returns What ends it again. */
export function startHousekeeping(parts: HousekeepingParts): () => void {
  const { options, registry, presence } = parts
  let part = 0
  const pingSome = (): void => {
    part = (part + 1) % PING_PARTS
    for (const socket of registry.part(part, PING_PARTS)) {
      socket.ping(options.COLLAB_PING_INTERVAL_MS * QUIET_SHARE)
    }
  }
  const timers = [
    setInterval(pingSome, options.COLLAB_PING_INTERVAL_MS / PING_PARTS),
    setInterval(() => {
      for (const socket of registry) checkToken(socket, options)
    }, TOKEN_CHECK_MS),
    setInterval(() => presence.beat(), options.COLLAB_PRESENCE_HEARTBEAT_MS),
  ]
  const stops = [startAccessChecks(parts), presence.start()]
  return () => {
    for (const timer of timers) clearInterval(timer)
    for (const stop of stops) stop()
  }
}

/** Asks a client for a new token before its own ends, and ends the socket when none came. */
function checkToken(socket: CollabSocket, options: CollabOptions): void {
  if (socket.caller === null) return
  const leftMs = socket.caller.expiresAt.getTime() - Date.now()
  if (leftMs < -options.COLLAB_REAUTH_GRACE_MS) socket.close(CLOSE_CODES.unauthorized, 'the token has ended')
  else if (leftMs < options.COLLAB_REAUTH_LEAD_MS) socket.askForToken()
}

/** Rights are asked again at a slow pace, at a fast one while notices are lost, and at once when they may have been. */
function startAccessChecks({ options, fanout, rights, logger }: HousekeepingParts): () => void {
  let checkedAt = performance.now()
  const check = (): void => {
    checkedAt = performance.now()
    rights.checkAll().catch((error: unknown) => logger.error({ err: error }, 'rights could not be checked'))
  }
  const timer = setInterval(() => {
    const isDue = performance.now() - checkedAt >= options.COLLAB_ACCESS_CHECK_MS
    if (isDue || !fanout.isHealthy()) check()
  }, options.COLLAB_ACCESS_CHECK_ALONE_MS)
  const stopListening = fanout.onGap(check)
  return () => {
    clearInterval(timer)
    stopListening()
  }
}
