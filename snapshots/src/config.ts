import {
  choiceOption,
  integerOption,
  LOG_LEVELS,
  optionalTextOption,
  portOption,
  textOption,
} from '@nexus/core/server'

/** Every setting of a snapshot worker that runs as a process of its own. */
export const SNAPSHOT_WORKER_OPTIONS = {
  DATABASE_URL: { ...textOption({ doc: 'PostgreSQL of the installation' }), secret: true },
  REDIS_URL: {
    ...optionalTextOption({
      doc: 'Redis that brings requests at once; without it they are found by polling',
    }),
    secret: true,
  },
  GIT_DIR: textOption({
    doc: 'Folder of the Git repositories, on a volume that supports hard links',
    fallback: './data/git',
  }),
  SNAPSHOT_INTERVAL_MS: integerOption(
    { min: 1_000, max: 86_400_000 },
    { doc: 'Time between Git commits of a changed workspace, in ms', fallback: 300_000 },
  ),
  PORT: portOption({ doc: 'Port of the health probes', fallback: 4003 }),
  HOST: textOption({ doc: 'Address to listen on', fallback: '0.0.0.0' }),
  DRAIN_TIMEOUT_MS: integerOption(
    { min: 0, max: 600_000 },
    { doc: 'Time to finish the commits under way after SIGTERM, in ms', fallback: 25_000 },
  ),
  LOG_LEVEL: choiceOption(LOG_LEVELS, { doc: 'How much to log', fallback: 'info' }),
}
