import {
  CLOSE_CODES,
  canWrite,
  type Fanout,
  type Notice,
  parseDocumentName,
  type Unsubscribe,
  type WorkspaceId,
} from '@nexus/core'
import { credentialOf, type LiveCredentials, type Logger, type WorkspaceAccess } from '@nexus/core/server'
import type { AccessCache } from './access-cache.ts'
import { type LiveConnection, WorkspaceWatch } from './workspace-watch.ts'

export const mayWrite = ({ role, workspaceStatus }: WorkspaceAccess): boolean =>
  canWrite(role) && workspaceStatus !== 'archived'

interface RightsParts {
  readonly access: AccessCache
  readonly liveCredentials: LiveCredentials
  readonly fanout: Fanout
  readonly logger: Logger
}

/**
 * Keeps open connections no longer, and no freer, than their user's rights allow, and tells every socket what happens to
 * its workspaces: on notices of other processes at once, and by asking again from time to time for notices that were lost.
 */
export class Rights {
  readonly #parts: RightsParts
  readonly #watches = new Map<WorkspaceId, WorkspaceWatch>()

  readonly #stopHearing: Unsubscribe

  constructor(parts: RightsParts) {
    this.#parts = parts
    this.#stopHearing = parts.liveCredentials.onEnded((id) => this.#onEnded(id))
  }

  /** Begins to watch an established connection; what changed since it signed in counts. */
  watch(connection: LiveConnection): void {
    const workspaceId = workspaceOf(connection)
    if (workspaceId === null) return
    const watch = this.#watches.get(workspaceId) ?? this.#subscribe(workspaceId)
    watch.connections.add(connection)
    watch.subscribed.then(
      () => this.check(connection),
      () => this.check(connection),
    )
  }

  unwatch(connection: LiveConnection): void {
    const workspaceId = workspaceOf(connection)
    const watch = workspaceId === null ? undefined : this.#watches.get(workspaceId)
    if (workspaceId === null || watch === undefined) return
    watch.connections.delete(connection)
    if (watch.connections.size > 0) return
    this.#watches.delete(workspaceId)
    this.#unsubscribe(watch)
  }

  /** Asks again for every open connection; one question for each user and workspace. */
  async checkAll(): Promise<void> {
    this.#parts.access.forgetAll()
    const all = [...this.#watches.values()].flatMap(({ connections }) => [...connections])
    await Promise.all(all.map((connection) => this.check(connection)))
  }

  /** Closes or changes one connection if its rights are not what they were. Does nothing while they cannot be asked. */
  async check(connection: LiveConnection): Promise<void> {
    const workspaceId = workspaceOf(connection)
    const access = await this.#ask(connection)
    if (workspaceId === null || access === undefined) return
    if (access === 'ended') {
      endSocket(connection)
      return
    }
    if (access === null) {
      connection.close({ code: CLOSE_CODES.forbidden, reason: 'forbidden' })
      return
    }
    setReadOnly(connection, !mayWrite(access))
    const look = { type: 'workspace_changed', workspaceId } as const
    this.#watches.get(workspaceId)?.noteChange(access.workspaceChangedAt, look)
  }

  close(): void {
    this.#stopHearing()
    for (const watch of this.#watches.values()) this.#unsubscribe(watch)
    this.#watches.clear()
  }

  /** @returns `undefined` when it cannot be said now. */
  async #ask(connection: LiveConnection): Promise<WorkspaceAccess | 'ended' | null | undefined> {
    const workspaceId = workspaceOf(connection)
    const { caller } = connection.context.socket
    if (workspaceId === null || caller === null) return undefined
    try {
      if (!(await this.#parts.liveCredentials.isLive(caller))) return 'ended'
      return await this.#parts.access.get(caller, workspaceId)
    } catch (error) {
      this.#parts.logger.debug({ err: error, workspaceId }, 'rights could not be checked')
      return undefined
    }
  }

  #subscribe(workspaceId: WorkspaceId): WorkspaceWatch {
    const watch = new WorkspaceWatch(
      this.#parts.fanout.onNotice(workspaceId, (notice) => this.#onNotice(notice)),
    )
    this.#watches.set(workspaceId, watch)
    return watch
  }

  #unsubscribe({ subscribed }: WorkspaceWatch): void {
    subscribed.then(
      (stop) => stop(),
      (error: unknown) => this.#parts.logger.debug({ err: error }, 'there was no subscription to end'),
    )
  }

  /** A session or key is over, and so is every socket that came with it. */
  #onEnded(id: string): void {
    for (const { connections } of this.#watches.values()) {
      for (const connection of [...connections]) {
        const { caller } = connection.context.socket
        if (caller !== null && credentialOf(caller) === id) endSocket(connection)
      }
    }
  }

  #onNotice(notice: Notice): void {
    const watch = this.#watches.get(notice.workspaceId)
    // What a worker is asked to do is no news to people.
    if (watch === undefined || notice.type === 'snapshot_requested') return
    this.#parts.access.forgetWorkspace(notice.workspaceId)
    // Before anything is closed, so that who has nothing else open hears it, too.
    watch.tell(notice)
    const connections = [...watch.connections]
    for (const connection of connections) {
      if (isGone(connection, notice)) connection.close({ code: CLOSE_CODES.notFound, reason: 'not_found' })
      // The first one in any case: its answer says which changes the notice stood for.
      else if (isAbout(connection, notice) || connection === connections[0]) void this.check(connection)
    }
  }
}

const endSocket = ({ context }: LiveConnection): void =>
  context.socket.close(CLOSE_CODES.unauthorized, 'unauthorized')

const workspaceOf = (connection: LiveConnection): WorkspaceId | null =>
  parseDocumentName(connection.document.name)?.workspaceId ?? null

function isGone(connection: LiveConnection, notice: Notice): boolean {
  if (notice.type === 'workspace_deleted') return true
  if (notice.type !== 'panel_deleted') return false
  return parseDocumentName(connection.document.name)?.panelId === notice.panelId
}

/** An archived workspace is changed by nobody, so a change of the workspace is about everybody. */
function isAbout(connection: LiveConnection, notice: Notice): boolean {
  if (notice.type === 'workspace_changed') return true
  return notice.type === 'member_changed' && connection.context.socket.caller?.userId === notice.userId
}

function setReadOnly(connection: LiveConnection, readOnly: boolean): void {
  if (connection.readOnly === readOnly) return
  connection.readOnly = readOnly
  connection.sendStateless(JSON.stringify({ type: 'access_changed', readOnly }))
}
