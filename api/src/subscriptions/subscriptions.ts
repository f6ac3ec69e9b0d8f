import {
  type ErrorCode,
  type Fanout,
  NexusError,
  panelDocumentName,
  type Unsubscribe,
  type UpdateLog,
  type UserId,
  type Version,
} from '@nexus/core'
import type { Access, LiveCredentials, VerifiedCaller } from '@nexus/core/server'
import type { ApiOptions } from '../config.ts'
import type { Replicas } from '../replicas/replicas.ts'
import type { Turns } from '../turns.ts'
import { type PanelAddress, requireDocument } from '../use-cases/read-state.ts'
import { createAccessWatch } from './access-watch.ts'
import { endAt } from './end-at.ts'
import { createPanelFeeds } from './panel-feeds.ts'
import { beginSubscription, type Sink } from './subscription.ts'

interface SubscriptionsParts {
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly access: Access
  readonly liveCredentials: LiveCredentials
  readonly replicas: Pick<Replicas, 'changes'>
  readonly options: ApiOptions
  /** For reading what somebody has missed. */
  readonly replays: Turns
  readonly onError: (error: unknown) => void
}

interface Start {
  readonly sink: Sink
  /** The version the subscriber has; `null`: none. */
  readonly fromVersion: Version | null
  /**
   * It is over: `unauthorized` or `not_found` when the caller may not see the panel any more, `unavailable` when they may
   * begin anew. Called once at most, and not after `end`.
   */
  readonly onOver: (code: ErrorCode) => void
}

/** A panel that may be listened to. */
export interface OpenedPanel {
  /** Once. */
  start(start: Start): void
  /** Whether it was started or not. Again does nothing. */
  end(): void
}

/** All subscriptions of this process, over whatever transport. */
export interface Subscriptions {
  /**
   * As new as everything acknowledged on any node before the call.
   *
   * @throws {NexusError} `unauthorized` (the caller's token or session has ended since), `not_found`, `rate_limited` (the
   *   caller or the process has too many), `unavailable`.
   */
  open(caller: VerifiedCaller, address: PanelAddress): Promise<OpenedPanel>
  readonly count: number
  /** Ends all, so that their clients go elsewhere, and begins no more. */
  close(): void
}

export function createSubscriptions(parts: SubscriptionsParts): Subscriptions {
  const { access, liveCredentials, options, replicas, replays } = parts
  const feeds = createPanelFeeds(parts)
  const rights = createAccessWatch({ ...parts, intervalMs: options.SUBSCRIPTION_CHECK_MS })
  const perUser = new Map<UserId, number>()
  const running = new Set<(code: ErrorCode) => void>()
  let count = 0
  let isClosed = false

  function enter(userId: UserId): Unsubscribe {
    const own = perUser.get(userId) ?? 0
    if (count >= options.MAX_SUBSCRIPTIONS || own >= options.MAX_SUBSCRIPTIONS_PER_USER) {
      throw new NexusError('rate_limited', 'There are too many subscriptions; end one first.')
    }
    perUser.set(userId, own + 1)
    count += 1
    return () => {
      count -= 1
      const left = (perUser.get(userId) ?? 1) - 1
      if (left > 0) perUser.set(userId, left)
      else perUser.delete(userId)
    }
  }

  /** A socket may have been open for long. */
  async function requireSignedIn(caller: VerifiedCaller): Promise<void> {
    const isLive = await liveCredentials.isLive(caller)
    if (!isLive || caller.expiresAt.getTime() <= Date.now()) {
      throw new NexusError('unauthorized', 'The access token is not valid any more; sign in again.')
    }
  }

  return {
    async open(caller, address) {
      await requireSignedIn(caller)
      const { head } = await requireDocument(access, caller, address)
      const undo = [enter(caller.userId)]
      const end = (): void => {
        for (const step of undo.splice(0).reverse()) step()
      }
      try {
        const document = panelDocumentName(address.workspaceId, address.panelId)
        const { feed, release } = await feeds.open(document)
        undo.push(release)
        await feed.reach(head)
        if (isClosed) throw new NexusError('unavailable', 'This server is about to stop; try again.')
        return {
          end,
          start({ sink, fromVersion, onOver }) {
            const over = (code: ErrorCode): void => {
              if (undo.length === 0) return
              end()
              onOver(code)
            }
            running.add(over)
            undo.push(
              () => void running.delete(over),
              endAt(caller.expiresAt, () => over('unauthorized')),
              beginSubscription({
                feed,
                panelId: address.panelId,
                sink,
                fromVersion,
                changes: (range) => replicas.changes(document, range),
                inTurn: (work, over) => replays.take(caller.userId, work, over),
                maxBacklogBytes: options.MAX_SUBSCRIBER_BACKLOG_BYTES,
                onEnd: () => over('unavailable'),
              }),
              rights.watch({ caller, ...address, onRefused: over }),
            )
          },
        }
      } catch (error) {
        end()
        throw error
      }
    },
    get count() {
      return count
    },
    close() {
      isClosed = true
      for (const over of [...running]) over('unavailable')
      rights.close()
      feeds.close()
    },
  }
}
