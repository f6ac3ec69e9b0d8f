import {
  integerOption,
  type OptionsOf,
  optionalTextOption,
  processOptions,
  textOption,
} from '@nexus/core/server'
import type { RepositoryQuota } from './job/room.ts'
import { problemOfUrl, type Remote } from './pushing/remote.ts'
import type { FullHistoryDays } from './thinning/find-old.ts'

const FULL_DAYS = { min: 0, max: 36_500 }

/** How long history is kept whole. */
export const HISTORY_OPTIONS = {
  HISTORY_FULL_DAYS_FREE: integerOption(FULL_DAYS, {
    doc: 'Days for which every version of a free plan’s panels is kept, before those of a minute become one; 0: for ever',
    fallback: 30,
  }),
  HISTORY_FULL_DAYS_PRO: integerOption(FULL_DAYS, { doc: 'The same for a pro plan', fallback: 365 }),
  HISTORY_FULL_DAYS_ENTERPRISE: integerOption(FULL_DAYS, {
    doc: 'The same for an enterprise plan',
    fallback: 0,
  }),
}

const REPOSITORY_MB = { min: 0, max: 10_000_000 }

/** How large repositories may become. */
export const REPOSITORY_OPTIONS = {
  REPOSITORY_MAX_MB_FREE: integerOption(REPOSITORY_MB, {
    doc: 'Largest Git repository of a free plan’s workspace, MB: beyond it nothing is committed, and edits are saved as ever; 0: any',
    fallback: 1_000,
  }),
  REPOSITORY_MAX_MB_PRO: integerOption(REPOSITORY_MB, { doc: 'The same for a pro plan', fallback: 10_000 }),
  REPOSITORY_MAX_MB_ENTERPRISE: integerOption(REPOSITORY_MB, {
    doc: 'The same for an enterprise plan',
    fallback: 0,
  }),
}

/** How repositories are served. */
export const GIT_SERVICE_OPTIONS = {
  GIT_PROGRAM: textOption({
    doc: 'Path of the git program; a name alone is looked for in /usr/bin and /bin',
    fallback: 'git',
  }),
  GIT_MAX_FETCHES: integerOption(
    { min: 1, max: 1_000 },
    { doc: 'Clones and fetches of repositories served at once, of one user half of it', fallback: 8 },
  ),
  GIT_FETCH_TIMEOUT_MS: integerOption(
    { min: 1_000, max: 3_600_000 },
    { doc: 'Longest time for one of them, in ms', fallback: 300_000 },
  ),
}

/** What commits are. */
export const GIT_COMMIT_OPTIONS = {
  GIT_SIGNING_KEY_FILE: optionalTextOption({
    doc: 'PEM file with the Ed25519 key that signs commits (SSH signatures); without it they are not signed',
  }),
}

/** Where commits are sent on to. */
export const GIT_PUSH_OPTIONS = {
  GIT_PUSH_URL: {
    doc: 'Remote that every commit is pushed to, an https address with {workspaceId} in it; the repositories must be there',
    fallback: null,
    parse: parsePushUrl,
  },
  GIT_PUSH_USER: textOption({ doc: 'User at the remote', fallback: 'nexus' }),
  GIT_PUSH_TOKEN: {
    ...optionalTextOption({ doc: 'Password or token of that user (secret)' }),
    secret: true,
  },
}

function parsePushUrl(text: string): string | null {
  const problem = problemOfUrl(text)
  if (problem !== null) throw new Error(problem)
  return text
}

export const toRemote = (options: {
  readonly GIT_PUSH_URL: string | null
  readonly GIT_PUSH_USER: string
  readonly GIT_PUSH_TOKEN: string | null
}): Remote | null =>
  options.GIT_PUSH_URL === null
    ? null
    : { url: options.GIT_PUSH_URL, user: options.GIT_PUSH_USER, token: options.GIT_PUSH_TOKEN }

export const toFullHistoryDays = (options: OptionsOf<typeof HISTORY_OPTIONS>): FullHistoryDays => ({
  free: options.HISTORY_FULL_DAYS_FREE,
  pro: options.HISTORY_FULL_DAYS_PRO,
  enterprise: options.HISTORY_FULL_DAYS_ENTERPRISE,
})

export const toRepositoryQuota = (options: OptionsOf<typeof REPOSITORY_OPTIONS>): RepositoryQuota => ({
  free: options.REPOSITORY_MAX_MB_FREE,
  pro: options.REPOSITORY_MAX_MB_PRO,
  enterprise: options.REPOSITORY_MAX_MB_ENTERPRISE,
})

/** Every setting of a snapshot worker that runs as a process of its own. */
export const SNAPSHOT_WORKER_OPTIONS = {
  ...processOptions({ port: 4003, drainTimeoutMs: 25_000 }),
  GIT_DIR: textOption({
    doc: 'Folder of the Git repositories, on a volume that supports hard links',
    fallback: './data/git',
  }),
  SNAPSHOT_INTERVAL_MS: integerOption(
    { min: 1_000, max: 86_400_000 },
    { doc: 'Time between Git commits of a changed workspace, in ms', fallback: 300_000 },
  ),
  ...HISTORY_OPTIONS,
  ...REPOSITORY_OPTIONS,
  ...GIT_COMMIT_OPTIONS,
  ...GIT_SERVICE_OPTIONS,
  ...GIT_PUSH_OPTIONS,
}
