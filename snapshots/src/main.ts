import { runServiceProcess } from '@nexus/core/server'
import { SNAPSHOT_WORKER_OPTIONS, toFullHistoryDays, toRemote, toRepositoryQuota } from './config.ts'
import { createSnapshotWorker } from './worker.ts'

await runServiceProcess({
  name: 'snapshots',
  options: SNAPSHOT_WORKER_OPTIONS,
  environment: process.env,
  create: (options, parts) =>
    createSnapshotWorker({
      ...parts,
      options: {
        gitDir: options.GIT_DIR,
        intervalMs: options.SNAPSHOT_INTERVAL_MS,
        fullHistoryDays: toFullHistoryDays(options),
        repositoryQuota: toRepositoryQuota(options),
        signingKeyFile: options.GIT_SIGNING_KEY_FILE,
        gitProgram: options.GIT_PROGRAM,
        remote: toRemote(options),
        maxFetches: options.GIT_MAX_FETCHES,
        fetchTimeoutMs: options.GIT_FETCH_TIMEOUT_MS,
      },
    }),
})
