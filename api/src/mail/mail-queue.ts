import { NexusError } from '@nexus/core'
import type { Logger, Metrics } from '@nexus/core/server'
import { createUnderWay } from '../under-way.ts'
import type { DeliverMail, Mail } from './mailer.ts'

const MAX_WAITING = 1_000
const MAX_AT_ONCE = 4
const MAX_SUBJECT_CHARS = 200
/** Pauses before the tries after the first, ms: a server that restarts, one that lists unknown senders grey, an outage. */
const PAUSES_MS: readonly number[] = [2_000, 20_000, 120_000, 600_000, 1_800_000]

interface Entry {
  readonly mail: Mail
  failures: number
}

export interface MailQueue {
  /** @throws {NexusError} `unavailable` when too many wait already; nothing will be sent. */
  send(mail: Mail): void
  /** Whether the last try failed. */
  readonly isFailing: boolean
  /** Tries at once, one last time, whatever waits; resolves when nothing does. */
  drain(): Promise<void>
  /** What waits is given up. */
  close(): void
}

interface MailQueueOptions {
  readonly deliver: DeliverMail
  readonly logger: Logger
  readonly metrics: Metrics
  readonly pausesMs?: readonly number[]
}

/** Carries mails away one after the other, off the path of the requests that sent them. */
export function createMailQueue(options: MailQueueOptions): MailQueue {
  const { deliver, logger, metrics, pausesMs = PAUSES_MS } = options
  const ready: Entry[] = []
  const pausing = new Map<Entry, NodeJS.Timeout>()
  const underWay = createUnderWay()
  let runningCount = 0
  let isDraining = false
  let isFailing = false
  const count = metrics.counter({
    name: 'nexus_mails_total',
    help: 'Tries to hand over a mail, by outcome.',
    labels: ['outcome'],
  })
  metrics.gauge({ name: 'nexus_mails_waiting', help: 'Mails that have not been handed over.' }, () =>
    waitingCount(),
  )

  const waitingCount = (): number => ready.length + pausing.size + runningCount
  const makeReady = (entry: Entry): void => {
    clearTimeout(pausing.get(entry))
    pausing.delete(entry)
    ready.push(entry)
    beginNext()
  }
  const pauseOrGiveUp = (entry: Entry, error: unknown): void => {
    const pauseMs = pausesMs[entry.failures]
    entry.failures += 1
    if (isDraining || pauseMs === undefined || isPermanent(error)) {
      count({ outcome: 'given_up' })
      logger.error({ err: error, subject: entry.mail.subject }, 'a mail could not be sent and is given up')
      underWay.end()
      return
    }
    count({ outcome: 'failed' })
    logger.warn({ err: error, subject: entry.mail.subject }, 'a mail could not be sent; trying again')
    pausing.set(entry, setTimeout(() => makeReady(entry), pauseMs).unref())
  }
  const attempt = async (entry: Entry): Promise<void> => {
    try {
      await deliver(entry.mail)
      isFailing = false
      count({ outcome: 'sent' })
      underWay.end()
    } catch (error) {
      isFailing = true
      pauseOrGiveUp(entry, error)
    }
  }
  const beginNext = (): void => {
    while (runningCount < MAX_AT_ONCE) {
      const entry = ready.shift()
      if (entry === undefined) return
      runningCount += 1
      void attempt(entry).finally(() => {
        runningCount -= 1
        beginNext()
      })
    }
  }

  return {
    send: (mail) => {
      if (waitingCount() >= MAX_WAITING) {
        throw new NexusError('unavailable', 'Too many e-mails are waiting to be sent; try again later.')
      }
      underWay.begin()
      makeReady({ mail: { ...mail, subject: oneLine(mail.subject) }, failures: 0 })
    },
    get isFailing() {
      return isFailing
    },
    drain: () => {
      isDraining = true
      for (const entry of [...pausing.keys()]) makeReady(entry)
      return underWay.none()
    },
    close: () => {
      isDraining = true
      for (const timer of pausing.values()) clearTimeout(timer)
      pausing.clear()
      ready.length = 0
    },
  }
}

/** A line break in a subject would begin another header. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, MAX_SUBJECT_CHARS)

/** RFC 5321, 4.2.1: replies from 500 on will not change. */
function isPermanent(error: unknown): boolean {
  const code = error instanceof Error && 'responseCode' in error ? error.responseCode : null
  return typeof code === 'number' && code >= 500
}
