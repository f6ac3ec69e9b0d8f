import type { Connection } from '@hocuspocus/server'
import {
  CLOSE_CODES,
  canWrite,
  type Fanout,
  type Notice,
  parseDocumentName,
  type Unsubscribe,
  type WorkspaceId,
} from '@nexus/core'
import type { Logger, WorkspaceAccess } from '@nexus/core/server'
import type { AccessCache } from './access-cache.ts'
import type { ConnectionContext } from './transport/socket.ts'

export const mayWrite = ({ role, workspaceStatus }: WorkspaceAccess): boolean =>
  canWrite(role) && workspaceStatus !== 'archived'

type LiveConnection = Connection<ConnectionContext>

interface Watch {
  readonly connections: Set<LiveConnection>
  readonly unsubscribe: Promise<Unsubscribe>
}

interface RightsParts {
  readonly access: AccessCache
  readonly fanout: Fanout
  readonly logger: Logger
}

/**
 * Keeps open connections no longer, and no freer, than their user's rights allow: on notices of other processes at
 * once, and by asking again from time to time for notices that were lost.
 */
export class Rights {
  readonly #parts: RightsParts
  readonly #watches = new Map<WorkspaceId, Watch>()

  constructor(parts: RightsParts) {
    this.#parts = parts
  }

  /** Begins to watch an established connection; what changed since it signed in counts. */
  watch(connection: LiveConnection): void {
    const workspaceId = workspaceOf(connection)
    if (workspaceId === null) return
    const watch = this.#watches.get(workspaceId) ?? this.#subscribe(workspaceId)
    watch.connections.add(connection)
    watch.unsubscribe.then(
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
    const { caller } = connection.context.socket
    if (workspaceId === null || caller === null) return
    try {
      const access = await this.#parts.access.get(caller.userId, workspaceId)
      if (access === null) connection.close({ code: CLOSE_CODES.forbidden, reason: 'forbidden' })
      else setReadOnly(connection, !mayWrite(access))
    } catch (error) {
      this.#parts.logger.debug({ err: error, workspaceId }, 'rights could not be checked')
    }
  }

  close(): void {
    for (const watch of this.#watches.values()) this.#unsubscribe(watch)
    this.#watches.clear()
  }

  #subscribe(workspaceId: WorkspaceId): Watch {
    const unsubscribe = this.#parts.fanout.onNotice(workspaceId, (notice) => this.#onNotice(notice))
    const watch = { connections: new Set<LiveConnection>(), unsubscribe }
    this.#watches.set(workspaceId, watch)
    return watch
  }

  #unsubscribe({ unsubscribe }: Watch): void {
    unsubscribe.then(
      (stop) => stop(),
      (error: unknown) => this.#parts.logger.debug({ err: error }, 'there was no subscription to end'),
    )
  }

  #onNotice(notice: Notice): void {
    const connections = [...(this.#watches.get(notice.workspaceId)?.connections ?? [])]
    if (notice.type === 'member_changed') this.#parts.access.forget(notice.userId, notice.workspaceId)
    for (const connection of connections) {
      if (isGone(connection, notice)) connection.close({ code: CLOSE_CODES.notFound, reason: 'not_found' })
      else if (isAbout(connection, notice)) void this.check(connection)
      tell(connection, notice)
    }
  }
}

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

/** Notices go to clients over the workspace's own document, which every studio has open. */
function tell(connection: LiveConnection, notice: Notice): void {
  if (connection.document.name === notice.workspaceId) connection.sendStateless(JSON.stringify(notice))
}

function setReadOnly(connection: LiveConnection, readOnly: boolean): void {
  if (connection.readOnly === readOnly) return
  connection.readOnly = readOnly
  connection.sendStateless(JSON.stringify({ type: 'access_changed', readOnly }))
}
