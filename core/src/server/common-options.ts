import { parseRedisUrl } from '../redis/redis-target.ts'
import { LOG_LEVELS } from './logger.ts'
import {
  choiceOption,
  integerOption,
  type OptionsOf,
  optionalTextOption,
  portOption,
  textOption,
} from './options.ts'

/** How the outside reaches the installation; the same for every part that people or programs talk to. */
export const PUBLIC_OPTIONS = {
  COLLAB_ALLOWED_ORIGINS: optionalTextOption({
    doc: 'More origins whose pages may open WebSockets, with commas',
  }),
  PUBLIC_URL: optionalTextOption({
    doc: 'Origin that people type, such as https://nexus.example.org; with https, cookies are marked Secure',
  }),
  TRUSTED_PROXIES: integerOption(
    { min: 0, max: 10 },
    {
      doc: 'Reverse proxies in front that add an address to X-Forwarded-For; too many, and clients choose their address',
      fallback: 0,
    },
  ),
}

/** What every part needs to know when it is a process of its own. */
export const processOptions = (fallbacks: { readonly port: number; readonly drainTimeoutMs: number }) => ({
  PORT: portOption({ doc: 'Port to listen on, probes included', fallback: fallbacks.port }),
  HOST: textOption({ doc: 'Address to listen on', fallback: '0.0.0.0' }),
  DATABASE_URL: {
    ...textOption({ doc: 'PostgreSQL, such as postgres://user:password@host:5432/nexus' }),
    secret: true,
  },
  REDIS_URL: {
    ...optionalTextOption({
      doc: 'Redis to fan out through, such as redis://host:6379, or redis://one:6379,two:6379 for a cluster; without it, several nodes see each other’s edits within 2 s but not each other’s presence',
    }),
    secret: true,
    parse: (text: string) => {
      parseRedisUrl(text)
      return text
    },
  },
  DRAIN_TIMEOUT_MS: integerOption(
    { min: 1, max: 600_000 },
    { doc: 'Time to finish what is under way after SIGTERM, in ms', fallback: fallbacks.drainTimeoutMs },
  ),
  LOG_LEVEL: choiceOption(LOG_LEVELS, { doc: 'How much to log', fallback: 'info' }),
})

export type ProcessOptions = OptionsOf<ReturnType<typeof processOptions>>
