import { integerOption, processOptions, textOption } from '@nexus/core/server'

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
}
