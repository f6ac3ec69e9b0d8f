import { API_OPTIONS } from '@nexus/api'
import { COLLAB_OPTIONS } from '@nexus/collab-server'
import {
  choiceOption,
  integerOption,
  LOG_LEVELS,
  type OptionsOf,
  optionalTextOption,
  portOption,
  textOption,
} from '@nexus/core/server'

/** Every setting of the one-process product, those of its parts included. `npm start` works with none of them. */
export const STANDALONE_OPTIONS = {
  ...COLLAB_OPTIONS,
  ...API_OPTIONS,
  PORT: portOption({ doc: 'Port of the page, the API and the live connections', fallback: 4000 }),
  HOST: textOption({
    doc: 'Address to listen on; 0.0.0.0 lets other machines in',
    fallback: '127.0.0.1',
  }),
  PUBLIC_URL: optionalTextOption({
    doc: 'Origin that people type, such as https://nexus.example.org, when it is not the one listened on',
  }),
  DATA_DIR: textOption({
    doc: 'Folder for the embedded database, Git repositories and secret',
    fallback: './data',
  }),
  DATABASE_URL: {
    ...optionalTextOption({ doc: 'PostgreSQL to use in place of the embedded database' }),
    secret: true,
  },
  REDIS_URL: {
    ...optionalTextOption({ doc: 'Redis to fan out through, when other processes share the database' }),
    secret: true,
  },
  AUTH_SECRET: {
    ...optionalTextOption({
      doc: 'Secret that protects the signing keys; made and kept in DATA_DIR when absent',
    }),
    secret: true,
  },
  SNAPSHOT_INTERVAL_MS: integerOption(
    { min: 1_000, max: 86_400_000 },
    { doc: 'Time between Git commits of a changed workspace, in ms', fallback: 300_000 },
  ),
  DRAIN_TIMEOUT_MS: integerOption(
    { min: 0, max: 600_000 },
    { doc: 'Time to finish what is under way after SIGTERM, in ms', fallback: 10_000 },
  ),
  LOG_LEVEL: choiceOption(LOG_LEVELS, { doc: 'How much to log', fallback: 'warn' }),
}

export type StandaloneOptions = OptionsOf<typeof STANDALONE_OPTIONS>
