import type { DocumentName, Fanout, UpdateLog } from '@nexus/core'
import { createHeadWatch } from '@nexus/core/log'
import { openPanelFeed, type PanelFeed } from './panel-feed.ts'

interface PanelFeedsParts {
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly onError: (error: unknown) => void
}

export interface Lease {
  readonly feed: PanelFeed
  /** To be called once. */
  release(): void
}

/** The feeds of this process: one for each panel somebody listens to, for as long as somebody does. */
export interface PanelFeeds {
  /** @throws {NexusError} `not_found`, `unavailable`. */
  open(document: DocumentName): Promise<Lease>
  readonly size: number
  close(): void
}

export function createPanelFeeds(parts: PanelFeedsParts): PanelFeeds {
  const feeds = new Map<DocumentName, { readonly opening: Promise<PanelFeed>; users: number }>()
  const headWatch = createHeadWatch(parts)

  return {
    async open(document) {
      const entry = feeds.get(document) ?? {
        opening: openPanelFeed({ ...parts, headWatch, document }),
        users: 0,
      }
      feeds.set(document, entry)
      entry.users += 1
      const release = (): void => {
        entry.users -= 1
        if (entry.users > 0) return
        if (feeds.get(document) === entry) feeds.delete(document)
        entry.opening.then(
          (feed) => feed.stop(),
          () => undefined,
        )
      }
      try {
        return { feed: await entry.opening, release }
      } catch (error) {
        release()
        throw error
      }
    },
    get size() {
      return feeds.size
    },
    close: () => headWatch.stop(),
  }
}
