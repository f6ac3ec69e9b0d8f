import { API_OPTIONS } from '@nexus/api'
import { COLLAB_OPTIONS } from '@nexus/collab-server'
import {
  choiceOption,
  integerOption,
  LOG_LEVELS,
  type OptionsOf,
  optionalTextOption,
  portOption,
  processOptions,
  textOption,
} from '@nexus/core/server'
import {
  GIT_COMMIT_OPTIONS,
  GIT_PUSH_OPTIONS,
  GIT_SERVICE_OPTIONS,
  HISTORY_OPTIONS,
  REPOSITORY_OPTIONS,
} from '@nexus/snapshots'

/** Every setting of the one-process product, those of its parts included. `npm start` works with none of them. */
export const STANDALONE_OPTIONS = {
  ...processOptions({ port: 4000, drainTimeoutMs: 10_000 }),
  ...COLLAB_OPTIONS,
  ...API_OPTIONS,
  HOST: textOption({ doc: 'Address to listen on; 0.0.0.0 lets other machines in', fallback: '127.0.0.1' }),
  DATA_DIR: textOption({
    doc: 'Folder for the embedded database, Git repositories, secret, and mails that no server takes',
    fallback: './data',
  }),
  DATABASE_URL: {
    ...optionalTextOption({ doc: 'PostgreSQL to use in place of the embedded database' }),
    secret: true,
  },
  AUTH_SECRET: {
    ...API_OPTIONS.AUTH_SECRET,
    doc: 'Secret that protects the signing keys; made and kept in DATA_DIR when absent',
    fallback: null,
  },
  SNAPSHOT_INTERVAL_MS: integerOption(
    { min: 1_000, max: 86_400_000 },
    { doc: 'Time between Git commits of a changed workspace, in ms', fallback: 300_000 },
  ),
  ...HISTORY_OPTIONS,
  ...REPOSITORY_OPTIONS,
  ...GIT_SERVICE_OPTIONS,
  ...GIT_COMMIT_OPTIONS,
  ...GIT_PUSH_OPTIONS,
  METRICS_PORT: {
    ...portOption({ doc: 'Port of its own with /metrics, for Prometheus; not the public one' }),
    fallback: null,
  },
  METRICS_HOST: textOption({
    doc: 'Address of METRICS_PORT; 0.0.0.0 only where the public cannot reach the port',
    fallback: '127.0.0.1',
  }),
  LOG_LEVEL: choiceOption(LOG_LEVELS, { doc: 'How much to log', fallback: 'warn' }),
}

export type StandaloneOptions = Omit<OptionsOf<typeof STANDALONE_OPTIONS>, 'AUTH_SECRET' | 'METRICS_PORT'> & {
  readonly AUTH_SECRET: string | null
  readonly METRICS_PORT: number | null
}
