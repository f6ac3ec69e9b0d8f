// Stands in for the door `core/server` where a service's main asks for it.
import { runServiceProcess as runReal } from '@nexus/core/server'
import { dishonest, type Lie } from './dishonest-log.ts'
import { withPoints } from './log-with-points.ts'

export { openStateCache } from '@nexus/core/server'

/** As the real one, on a log with points. */
export const runServiceProcess: typeof runReal = async (program) => {
  if (program.name === 'collab-server') {
    const { addUnloadPoint } = await import('./unload-point.ts')
    addUnloadPoint()
  }
  const lie = program.environment.FAULTS_LIE as Lie | undefined
  await runReal({
    ...program,
    create: (options, parts) => {
      const log = withPoints(parts.log)
      return program.create(options, { ...parts, log: lie === undefined ? log : dishonest(log, lie) })
    },
  })
}
