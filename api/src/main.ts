import { openStateCache, runServiceProcess } from '@nexus/core/server'
import { migrate } from '@nexus/core/sql'
import { createApi } from './app.ts'
import { API_PROCESS_OPTIONS } from './config.ts'
import { createRemoteCommitDiffs } from './remote-commit-diffs.ts'

await runServiceProcess({
  name: 'api',
  options: API_PROCESS_OPTIONS,
  environment: process.env,
  create: async (options, parts) => {
    await migrate(parts.db)
    const states = openStateCache({
      url: options.REDIS_URL,
      waitMs: options.SHARED_STATE_WAIT_MS,
      maxChars: options.MAX_SHARED_STATE_CHARS,
      metrics: parts.metrics,
    })
    parts.onRelease(async () => states?.close())
    const { SNAPSHOTS_URL: url } = options
    const commitDiffs = url === null ? null : createRemoteCommitDiffs(url)
    return createApi({ ...parts, options, states, commitDiffs })
  },
})
