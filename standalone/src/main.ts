import { createLogger, readOptions, runProcess } from '@nexus/core/server'
import { STANDALONE_OPTIONS, type StandaloneOptions } from './config.ts'
import { startStandalone } from './standalone.ts'

const major = Number(process.versions.node.split('.')[0])

function greet(options: StandaloneOptions, port: number): void {
  const url = options.PUBLIC_URL ?? `http://localhost:${port}`
  const database = options.DATABASE_URL === null ? `embedded, in ${options.DATA_DIR}` : 'PostgreSQL'
  console.log(`\n  Nexus is ready:  ${url}\n  data:            ${database}\n  stop with Ctrl+C\n`)
}

async function main(): Promise<void> {
  if (major < 24)
    throw new Error(`Nexus runs on Node 24; this is ${process.version}. Start it with: npm start`)
  const options = readOptions(STANDALONE_OPTIONS, process.env)
  const logger = createLogger({ service: 'nexus', level: options.LOG_LEVEL })
  await runProcess({
    logger,
    drainTimeoutMs: options.DRAIN_TIMEOUT_MS,
    start: async () => {
      const standalone = await startStandalone(options, logger)
      greet(options, standalone.port)
      return standalone
    },
  })
}

main().catch((error: unknown) => {
  process.exitCode = 1
  console.error(error instanceof Error ? error.message : error)
})
