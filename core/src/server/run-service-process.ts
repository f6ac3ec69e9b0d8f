import { createNodeId, type NodeId } from '../model/ids.ts'
import type { Fanout } from '../ports/fanout.ts'
import type { UpdateLog } from '../ports/update-log.ts'
import { openPostgres } from '../postgres/open-postgres.ts'
import type { Db } from '../sql/database.ts'
import { createSqlUpdateLog } from '../sql/sql-update-log.ts'
import type { ProcessOptions } from './common-options.ts'
import { createLogger, type Logger } from './logger.ts'
import { createMetricsRegistry, type Metrics } from './metrics.ts'
import { measureFanout, openFanout } from './open-fanout.ts'
import { type OptionsOf, type OptionTable, readOptions } from './options.ts'
import { runService } from './run-service.ts'
import type { Service } from './service.ts'
import { createLostConnectionWarnings } from './sparing-warnings.ts'

/** What a service process opens before it makes its service. */
interface ServiceParts {
  readonly db: Db
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly nodeId: NodeId
  readonly logger: Logger
  readonly metrics: Metrics
  /** Closes what the service was given beside these, after the service and before them. */
  onRelease(close: () => Promise<void>): void
}

interface ServiceProgram<Table extends OptionTable> {
  /** Name in the log. */
  readonly name: string
  /** Its settings; those of `processOptions` are among them. */
  readonly options: Table
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly create: (options: OptionsOf<Table>, parts: ServiceParts) => Promise<Service>
}

/**
 * The whole life of a service as a process of its own, on PostgreSQL and (when given) Redis: settings, start, SIGTERM,
 * drain, end. Wrong settings are all told at once on standard error; the exit code is then 1 and nothing was opened.
 */
export async function runServiceProcess<Table extends OptionTable>(
  program: OptionsOf<Table> extends ProcessOptions ? ServiceProgram<Table> : never,
): Promise<void> {
  try {
    const options = readOptions(program.options, program.environment)
    await run(program, options as OptionsOf<Table> & ProcessOptions)
  } catch (error) {
    process.exitCode = 1
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  }
}

function run<Table extends OptionTable>(
  program: ServiceProgram<Table>,
  options: OptionsOf<Table> & ProcessOptions,
): Promise<void> {
  const logger = createLogger({ service: program.name, level: options.LOG_LEVEL })
  const registry = createMetricsRegistry()
  const metrics = registry.part(program.name)
  return runService({
    logger,
    metrics: registry,
    host: options.HOST,
    port: options.PORT,
    drainTimeoutMs: options.DRAIN_TIMEOUT_MS,
    open: async () => {
      const stores = await openStores(options, logger)
      const closings = [stores.release]
      const release = async (): Promise<void> => {
        for (const close of closings.splice(0).reverse()) await close()
      }
      const onRelease = (close: () => Promise<void>): void => void closings.push(close)
      registry.addProcess()
      measureFanout(metrics, stores.parts.fanout)
      try {
        const service = await program.create(options, { ...stores.parts, logger, metrics, onRelease })
        return { service, release }
      } catch (error) {
        await release()
        throw error
      }
    },
  })
}

async function openStores({ DATABASE_URL, REDIS_URL }: ProcessOptions, logger: Logger) {
  const nodeId = createNodeId()
  const { db, close } = await openPostgres({
    url: DATABASE_URL,
    onConnectionLost: createLostConnectionWarnings(logger),
  })
  const fanout = openFanout({ url: REDIS_URL, nodeId, logger })
  return {
    parts: { db, log: createSqlUpdateLog(db), fanout, nodeId },
    release: async () => {
      await fanout.close()
      await close()
    },
  }
}
