import type { Version } from '../model/version.ts'
import type { Fanout, Unsubscribe } from '../ports/fanout.ts'
import type { UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { type Schedule, systemSchedule } from './schedule.ts'

const DEFAULT_INTERVAL_MS = 2_000
/** The same while announcements are surely lost. */
const DEFAULT_INTERVAL_ALONE_MS = 1_000

/** What is compared with the head of its document. */
interface WatchedDocument {
  readonly document: DocumentName
  /** Highest version up to which nothing is missing. */
  readonly version: Version
  catchUp(): Promise<void>
  /** The log ends before what was in it: the database has been put back to an earlier moment. */
  onLogCut(head: Version): void
}

/**
 * Finds what nobody was told: a lost *last* announcement leaves no hole to see. One query for all documents of the process.
 */
export interface HeadWatch {
  watch(watched: WatchedDocument): Unsubscribe
  /** Compares now, and resolves when whoever was behind has caught up. @throws {NexusError} `unavailable` */
  check(): Promise<void>
  stop(): void
}

interface HeadWatchOptions {
  readonly log: UpdateLog
  readonly fanout: Fanout
  /** Pause between two comparisons, ms: the longest that a change stays unseen when its announcement was lost. */
  readonly intervalMs?: number
  /** The same while the fan-out says that messages are lost, ms. */
  readonly intervalAloneMs?: number
  readonly schedule?: Schedule
  /** A comparison failed; the next one comes all the same. */
  readonly onError?: (error: unknown) => void
}

export function createHeadWatch(options: HeadWatchOptions): HeadWatch {
  const { log, fanout, intervalMs = DEFAULT_INTERVAL_MS, schedule = systemSchedule } = options
  const { intervalAloneMs = DEFAULT_INTERVAL_ALONE_MS, onError = () => undefined } = options
  const watched = new Set<WatchedDocument>()
  let cancelNext: (() => void) | null = null
  let isStopped = false

  async function check(): Promise<void> {
    // Before asking: what commits meanwhile is not in the answer.
    const asked = [...watched].map((one) => ({ one, had: one.version }))
    const heads = await log.heads([...new Set(asked.map(({ one }) => one.document))])
    const failures: unknown[] = []
    // One after the other: after an outage many are behind, and their readers shall not crowd out those who write.
    for (const { one, had } of asked) {
      const head = heads.get(one.document)
      if (head === undefined || !watched.has(one)) continue
      if (head < had) one.onLogCut(head)
      // One that cannot be read is no reason to leave the others behind.
      else if (one.version < head) await one.catchUp().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }

  function checkSoon(afterMs: number): void {
    if (isStopped) return
    cancelNext?.()
    cancelNext = schedule(() => void checkAndGoOn(), afterMs)
  }

  async function checkAndGoOn(): Promise<void> {
    cancelNext = null
    try {
      await check()
    } catch (error) {
      onError(error)
    }
    // `null`: nobody has asked for an earlier one meanwhile.
    if (watched.size > 0 && cancelNext === null) checkSoon(pauseMs())
  }

  const pauseMs = (): number => (fanout.isHealthy() ? intervalMs : intervalAloneMs)

  const stopListening = fanout.onGap(() => {
    if (watched.size > 0) checkSoon(0)
  })

  return {
    watch(document) {
      watched.add(document)
      if (watched.size === 1 && cancelNext === null) checkSoon(pauseMs())
      return () => {
        watched.delete(document)
        if (watched.size > 0) return
        cancelNext?.()
        cancelNext = null
      }
    },
    check,
    stop() {
      isStopped = true
      stopListening()
      cancelNext?.()
    },
  }
}
