import { createNodeId, type Fanout, toUserId, type UpdateLog } from '@nexus/core'
import {
  type Access,
  type Credentials,
  createLogger,
  createUnreadMetrics,
  readOptions,
} from '@nexus/core/server'
import type { Random } from '@nexus/core/testkit'
import { assemble, type Collab } from '../assemble.ts'
import { COLLAB_OPTIONS, type CollabOptions } from '../config.ts'
import { drain } from '../drain.ts'
import { startHousekeeping } from '../housekeeping.ts'
import type { Life } from './life.ts'
import { type ClientListener, SimulatedSocket } from './simulated-socket.ts'
import { UnloadWatch } from './unload-watch.ts'

const OPTIONS: CollabOptions = {
  ...readOptions(COLLAB_OPTIONS, {}),
  // Small enough to be reached.
  COLLAB_MAX_UNSAVED_BYTES: 3_000,
  COLLAB_MAX_UNSAVED_BYTES_PER_SOCKET: 1_000,
  // A connection that only the client knows to be gone ends within 20 s.
  COLLAB_PING_INTERVAL_MS: 10_000,
}

const logger = createLogger({ service: 'simulation', level: 'silent' })

/** The token is the user's name. */
const credentials: Credentials = {
  verifier: {
    verify: async (token) => ({
      userId: toUserId(token),
      name: token,
      sessionId: null,
      key: null,
      expiresAt: new Date(Date.now() + 86_400_000),
    }),
  },
  liveCredentials: {
    isLive: async () => true,
    markEnded: () => undefined,
    onEnded: () => () => undefined,
  },
}

/** One collaboration server: the real one, with simulated surroundings. */
export class SimulatedNode {
  readonly life: Life
  readonly collab: Collab
  readonly #random: Random
  readonly #unloads = new UnloadWatch()
  #isDraining = false

  constructor(parts: {
    readonly life: Life
    readonly log: UpdateLog
    readonly fanout: Fanout
    readonly access: Pick<Access, 'workspaceAccess'>
    readonly random: Random
  }) {
    const { life, random, fanout, ...ports } = parts
    this.life = life
    this.#random = random
    this.collab = assemble({
      ...ports,
      fanout,
      nodeId: createNodeId(),
      options: OPTIONS,
      logger,
      ...credentials,
      metrics: createUnreadMetrics(),
    })
    const stop = startHousekeeping({ ...this.collab, options: OPTIONS, fanout, logger })
    life.onEnd(() => setTimeout(() => this.#bury(stop), 0))
  }

  /** @returns `null` when it takes nobody in. */
  open(client: ClientListener): SimulatedSocket | null {
    if (this.life.isOver || this.#isDraining) return null
    const socket = new SimulatedSocket({ life: this.life, random: this.#random, client })
    const { serverEnd: ws, stream } = socket
    this.collab.openSocket({ ws, stream, peerAddress: '10.0.0.1', room: null })
    return socket
  }

  /** @returns How many documents it gave up since the last look with edits that are not saved. */
  unloadsTooEarly(): number {
    const count = this.#unloads.look(this.collab.documents)
    return this.life.isOver ? 0 : count
  }

  /** Ends as on SIGTERM. */
  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    const { collab, life } = this
    const times = { timeoutMs: OPTIONS.COLLAB_DRAIN_TIMEOUT_MS, spreadMs: OPTIONS.COLLAB_DRAIN_SPREAD_MS }
    void drain({ ...collab, ...times, logger }).then(() => life.end())
  }

  /** Of a dead process no timer runs on; nothing it does here reaches anybody. */
  #bury(stopHousekeeping: () => void): void {
    const { collab } = this
    stopHousekeeping()
    collab.headWatch.stop()
    collab.rights.close()
    collab.queue.abandon()
    for (const live of collab.documents) live.document.destroy()
  }
}
