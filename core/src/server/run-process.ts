import type { Logger } from './logger.ts'

/** Something that runs until it is told to stop. */
export interface Running {
  /** Finishes what is under way; nothing new is taken. */
  drain(): Promise<void>
  /** Releases everything; afterwards nothing keeps the event loop alive. */
  close(): Promise<void>
}

interface RunProcessOptions {
  readonly logger: Logger
  /** After this many ms of draining, what is left is released anyway. */
  readonly drainTimeoutMs: number
  readonly start: () => Promise<Running>
}

/**
 * Runs until SIGTERM or SIGINT, then drains and releases. A second signal skips the draining.
 *
 * Never calls `process.exit`: it lets the event loop empty.
 *
 * @throws What `start` throws; nothing is open then. Trouble while stopping is logged and makes the exit code 1.
 */
export async function runProcess({ logger, drainTimeoutMs, start }: RunProcessOptions): Promise<void> {
  const stop = Promise.withResolvers<string>()
  const hurry = Promise.withResolvers<void>()
  let isStopping = false
  const onSignal = (signal: string): void => {
    if (isStopping) hurry.resolve()
    isStopping = true
    stop.resolve(signal)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('unhandledRejection', (reason) => {
    logger.error({ err: reason }, 'a promise was rejected and nobody was listening')
  })
  try {
    const running = await start()
    logger.info({ signal: await stop.promise }, 'stopping')
    await Promise.race([drained(running, logger), hurry.promise, elapsed(drainTimeoutMs)])
    await released(running, logger)
  } finally {
    process.off('SIGTERM', onSignal)
    process.off('SIGINT', onSignal)
  }
}

async function released(running: Running, logger: Logger): Promise<void> {
  try {
    await running.close()
    logger.info('stopped')
  } catch (error) {
    process.exitCode = 1
    logger.error({ err: error }, 'could not release everything')
  }
}

async function drained(running: Running, logger: Logger): Promise<void> {
  try {
    await running.drain()
  } catch (error) {
    logger.error({ err: error }, 'draining failed; releasing what is left')
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
