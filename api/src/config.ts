import { limits } from '@nexus/core'
import {
  integerOption,
  type OptionsOf,
  optionalTextOption,
  PUBLIC_OPTIONS,
  processOptions,
  readOptions,
  textOption,
} from '@nexus/core/server'
import { SSO_OPTIONS } from './sso/sso-options.ts'

const MIN_SECRET_CHARS = 32

/** Settings of the API that have a fallback. */
const TUNING_OPTIONS = {
  ...PUBLIC_OPTIONS,
  ...SSO_OPTIONS,
  SMTP_URL: {
    ...optionalTextOption({
      doc: 'Mail server, such as smtps://user:password@mail.example.org; without it `npm start` writes mails into DATA_DIR/mail, and a process of its own sends none',
    }),
    secret: true,
    parse: (text: string): string => {
      if (!URL.canParse(text) || !/^smtps?:\/\/[^/]/.test(text))
        throw new Error('must be smtp://… or smtps://…')
      return text
    },
  },
  MAIL_FROM: optionalTextOption({
    doc: 'Sender of mails, such as Nexus <nexus@example.org>; without it nexus@ and the host of PUBLIC_URL',
  }),
  RATE_LIMIT_AUTH_PER_ADDRESS: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'Sign-ups and sign-ins per minute and client address; 0: no limit', fallback: 300 },
  ),
  RATE_LIMIT_AUTH_PER_ACCOUNT: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'Failed sign-ins per minute and account; 0: no limit', fallback: 10 },
  ),
  LOGIN_DELAY_AFTER_FAILURES: integerOption(
    { min: 0, max: 1_000_000 },
    {
      doc: 'Wrong passwords of one account until the next try has to wait 1 s, then 2 s, 4 s …; 0: never',
      fallback: 5,
    },
  ),
  LOGIN_DELAY_AFTER_FAILURES_PER_ADDRESS: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'The same for one client address (IPv6: its /64), whatever the account', fallback: 50 },
  ),
  LOGIN_DELAY_MAX_S: integerOption(
    { min: 1, max: 86_400 },
    { doc: 'Longest wait after wrong passwords, seconds', fallback: 900 },
  ),
  RATE_LIMIT_SIGNUPS_PER_ADDRESS: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'Sign-ups per hour and client address; 0: no limit', fallback: 100 },
  ),
  RATE_LIMIT_WRITES_PER_USER: integerOption(
    { min: 0, max: 100_000_000 },
    {
      doc: 'Requests of one user, keys included, that change something, per minute and process; 0: no limit',
      fallback: 12_000,
    },
  ),
  RATE_LIMIT_WRITES_PER_KEY: integerOption(
    { min: 0, max: 100_000_000 },
    { doc: 'The same for one API key', fallback: 6_000 },
  ),
  SIGNING_KEY_DAYS: integerOption(
    { min: 1, max: 3_650 },
    {
      doc: 'Age at which the key that signs access tokens gets a successor, days; nobody notices',
      fallback: 90,
    },
  ),
  MAX_PASSWORD_CHECKS: integerOption(
    { min: 1, max: 64 },
    {
      doc: 'Passwords hashed at once, each of which keeps a core busy for about 20 ms; more take turns',
      fallback: 1,
    },
  ),
  RATE_LIMIT_MAILS_PER_ACCOUNT: integerOption(
    { min: 0, max: 1_000_000 },
    {
      doc: 'Mails that strangers and owners can have sent to one address per hour; 0: no limit',
      fallback: 5,
    },
  ),
  ACCOUNT_GRACE_DAYS: integerOption(
    { min: 0, max: 3_650 },
    { doc: 'Time in which a deleted account can be restored, days', fallback: 30 },
  ),
  MAX_BODY_BYTES: integerOption(
    { min: 1_000, max: 64_000_000 },
    { doc: 'Largest JSON body of a request, bytes', fallback: limits.MAX_BODY_BYTES },
  ),
  MAX_IMPORT_BYTES: integerOption(
    { min: 1_000, max: 64_000_000 },
    { doc: 'Largest archive that a workspace is made of, bytes', fallback: 20_000_000 },
  ),
  MAX_JSON_DEPTH: integerOption(
    { min: 4, max: limits.MAX_JSON_DEPTH },
    { doc: 'Deepest nesting of a request body, levels', fallback: limits.MAX_JSON_DEPTH },
  ),
  MAX_PATCH_OPERATIONS: integerOption(
    { min: 1, max: limits.PATCH_OPERATIONS_CEILING },
    { doc: 'Operations in one JSON Patch, or in one batch', fallback: limits.MAX_PATCH_OPERATIONS },
  ),
  MAX_STATE_CHARS: integerOption(
    { min: 1_000, max: limits.STATE_CHARS_CEILING },
    {
      doc: 'Largest state of a panel that a request may leave, characters of JSON',
      fallback: limits.MAX_STATE_CHARS,
    },
  ),
  MAX_UPDATE_BYTES: integerOption(
    { min: 1_000, max: 16_000_000 },
    { doc: 'Largest update that one change may become, bytes', fallback: limits.MAX_UPDATE_BYTES },
  ),
  MAX_PAST_READS: integerOption(
    { min: 2, max: 1_000 },
    {
      doc: 'Histories, differences, blames and old versions read at once, of one user half of it',
      fallback: 8,
    },
  ),
  MAX_REPLICAS: integerOption(
    { min: 1, max: 100_000 },
    { doc: 'Documents the API holds in memory', fallback: 200 },
  ),
  MAX_CACHED_CHARS: integerOption(
    { min: 0, max: 2_000_000_000 },
    { doc: 'JSON the API holds in memory, characters', fallback: 64_000_000 },
  ),
  MAX_SHARED_STATE_CHARS: integerOption(
    { min: 0, max: 100_000_000 },
    {
      doc: 'Largest panel whose JSON is kept in Redis for other processes, characters; 0: none is',
      fallback: 1_000_000,
    },
  ),
  SHARED_STATE_WAIT_MS: integerOption(
    { min: 1, max: 10_000 },
    { doc: 'Time a reader waits for Redis before the document is read from the log, ms', fallback: 50 },
  ),
  MAX_SUBSCRIPTIONS: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'Panels that clients listen to over SSE and WebSocket, in all', fallback: 10_000 },
  ),
  MAX_SUBSCRIPTIONS_PER_USER: integerOption(
    { min: 0, max: 1_000_000 },
    { doc: 'The same for one user', fallback: 500 },
  ),
  MAX_SUBSCRIBER_BACKLOG_BYTES: integerOption(
    { min: 1_000, max: 1_000_000_000 },
    {
      doc: 'A subscriber that is further behind gets the whole state when it has caught up, bytes',
      fallback: 1_000_000,
    },
  ),
  DELETED_DAYS: integerOption(
    { min: 0, max: 36_500 },
    { doc: 'How long deleted workspaces and panels can be brought back, days', fallback: 30 },
  ),
  AUDIT_DAYS: integerOption(
    { min: 1, max: 36_500 },
    { doc: 'How long it is kept who did what to a workspace, days', fallback: 365 },
  ),
  SUBSCRIPTION_CHECK_MS: integerOption(
    { min: 100, max: 3_600_000 },
    { doc: 'How often the rights of subscribers are looked at without a notice, ms', fallback: 30_000 },
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
  ...processOptions({ port: 4001, drainTimeoutMs: 10_000 }),
  SNAPSHOTS_URL: optionalTextOption({
    doc: 'Address of the snapshot workers, such as http://snapshots:4003; without it commits have no diffs',
  }),
}
