// Stands in for `./worker.ts` where the main of snapshots asks for it.
import { createSnapshotWorker as createReal } from '@nexus/snapshots'
import { reach } from './reach.ts'

/** A killed worker's workspaces must not wait half a minute here, and one that is stopped shall be taken over meanwhile. */
const QUICK = { leaseMs: 500, retryPauseMs: 100, pollIntervalMs: 200 }

/** As the real one, with a point between the commit and the branch that shows it. */
export const createSnapshotWorker: typeof createReal = (deps) =>
  createReal({
    ...deps,
    options: { ...deps.options, ...QUICK },
    overrides: {
      onStep: async (step) => {
        if (step === 'commit-written') await reach('during Git commit')
      },
    },
  })
