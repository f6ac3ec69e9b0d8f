import {
  choiceOption,
  integerOption,
  LOG_LEVELS,
  type OptionsOf,
  optionalTextOption,
  portOption,
  readOptions,
  textOption,
} from '@nexus/core/server'

const MIN_SECRET_CHARS = 32

/** Settings of the API that have a fallback. */
const TUNING_OPTIONS = {
  PUBLIC_URL: optionalTextOption({ doc: 'Origin that people type; with https, cookies are marked Secure' }),
  TRUSTED_PROXY_HOPS: integerOption(
    { min: 0, max: 10 },
    { doc: 'Reverse proxies in front whose X-Forwarded-For is believed', fallback: 0 },
  ),
  RATE_LIMIT_AUTH_PER_ADDRESS: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'Sign-ups and sign-ins per minute and client address; 0: no limit', fallback: 300 },
  ),
  RATE_LIMIT_AUTH_PER_ACCOUNT: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'Failed sign-ins per minute and account; 0: no limit', fallback: 10 },
  ),
  MAX_REPLICAS: integerOption(
    { min: 1, max: 100_000 },
    { doc: 'Documents the API holds in memory', fallback: 200 },
  ),
  MAX_CACHED_CHARS: integerOption(
    { min: 0, max: 2_000_000_000 },
    { doc: 'JSON the API holds in memory, characters', fallback: 64_000_000 },
  ),
}

/** What the API itself needs to know, in whatever process it runs. */
export const API_OPTIONS = {
  AUTH_SECRET: {
    ...textOption({
      doc: 'Secret that protects the signing keys; at least 32 characters, the same on every node',
    }),
    secret: true,
    parse: (text: string): string => {
      if (text.length < MIN_SECRET_CHARS) throw new Error(`must have at least ${MIN_SECRET_CHARS} characters`)
      return text
    },
  },
  ...TUNING_OPTIONS,
}

export type ApiOptions = OptionsOf<typeof API_OPTIONS>

/** The settings nobody gave. */
export const apiFallbacks = (): Omit<ApiOptions, 'AUTH_SECRET'> => readOptions(TUNING_OPTIONS, {})

/** Every setting of the API as a process of its own. */
export const API_PROCESS_OPTIONS = {
  ...API_OPTIONS,
  PORT: portOption({ doc: 'Port of the API and its probes', fallback: 4002 }),
  HOST: textOption({ doc: 'Address to listen on', fallback: '0.0.0.0' }),
  DATABASE_URL: {
    ...textOption({ doc: 'PostgreSQL, such as postgres://user:password@host/nexus' }),
    secret: true,
  },
  REDIS_URL: {
    ...optionalTextOption({
      doc: 'Redis to fan out through; absent: this process hears nobody else at once',
    }),
    secret: true,
  },
  DRAIN_TIMEOUT_MS: integerOption(
    { min: 0, max: 600_000 },
    { doc: 'Time to finish what is under way after SIGTERM, in ms', fallback: 10_000 },
  ),
  LOG_LEVEL: choiceOption(LOG_LEVELS, { doc: 'How much to log', fallback: 'info' }),
}
