import { createMemoryFanout } from '../memory/memory-fanout.ts'
import type { NodeId } from '../model/ids.ts'
import type { Fanout } from '../ports/fanout.ts'
import { createRedisFanout } from '../redis/redis-fanout.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { createSparingWarnings, reasonOf } from './sparing-warnings.ts'

/** Pace of looking whether the fan-out is well, ms. A break that is over by then is not worth a line. */
const LOOK_MS = 1_000

interface OpenFanoutOptions {
  /** Of Redis; `null`: this process has nobody to talk to. */
  readonly url: string | null
  readonly nodeId: NodeId
  readonly logger: Logger
}

/** A fan-out that says in the log when it goes away, when it is back, and what it could not read. */
export function openFanout({ url, nodeId, logger }: OpenFanoutOptions): Fanout {
  if (url === null) return createMemoryFanout()
  const warn = createSparingWarnings(logger, 'the fan-out had trouble; what was missed is read from the log')
  let lastFailure: string | undefined
  const fanout: Fanout = createRedisFanout({
    url,
    nodeId,
    onError: (error) => {
      if (isOfConnection(error) || !fanout.isHealthy()) lastFailure = reasonOf(error)
      else warn(error)
    },
  })
  let wasHealthy = true
  const look = (): void => {
    const isHealthy = fanout.isHealthy()
    if (isHealthy && !wasHealthy) logger.info('the fan-out is back')
    if (!isHealthy && wasHealthy) {
      logger.warn(
        { reason: lastFailure },
        'the fan-out is away; others are heard by polling until it is back',
      )
    }
    if (isHealthy) lastFailure = undefined
    wasHealthy = isHealthy
  }
  const timer = setInterval(look, LOOK_MS).unref()
  return {
    ...fanout,
    close: () => {
      clearInterval(timer)
      return fanout.close()
    },
  }
}

export function measureFanout(metrics: Metrics, fanout: Fanout): void {
  metrics.gauge(
    { name: 'nexus_fanout_healthy', help: '1 while hints of other processes arrive, 0 while they are lost.' },
    () => Number(fanout.isHealthy()),
  )
}

/** Node's and Redis's errors, as opposed to what we say about a message. They come again with every attempt. */
const isOfConnection = (error: unknown): boolean =>
  error instanceof Error && ('code' in error || 'syscall' in error || CONNECTION_ERRORS.has(error.name))

const CONNECTION_ERRORS = new Set(['AggregateError', 'ReplyError', 'MaxRetriesPerRequestError', 'AbortError'])
