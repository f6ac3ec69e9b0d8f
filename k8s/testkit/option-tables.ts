import type { OptionTable } from '@nexus/core/server'
import { API_PROCESS_OPTIONS } from '../../api/src/config.ts'
import { COLLAB_PROCESS_OPTIONS } from '../../collab-server/src/config.ts'
import { MIGRATE_OPTIONS } from '../../scripts/migrate.ts'
import { SNAPSHOT_WORKER_OPTIONS } from '../../snapshots/src/config.ts'
import { STANDALONE_OPTIONS } from '../../standalone/src/config.ts'

/** What each process of a deployment reads from its environment; by the name it has in compose and Kubernetes. */
export const OPTION_TABLES: Readonly<Record<string, OptionTable>> = {
  api: API_PROCESS_OPTIONS,
  'collab-server': COLLAB_PROCESS_OPTIONS,
  snapshots: SNAPSHOT_WORKER_OPTIONS,
  standalone: STANDALONE_OPTIONS,
  migrate: MIGRATE_OPTIONS,
}

/** What is wrong with an environment: names the process does not know, and settings it needs that are not there. */
export function environmentProblems(process: string, given: readonly string[]): string[] {
  const table = OPTION_TABLES[process]
  if (table === undefined) return [`${process} has no option table`]
  const unknown = given.filter((name) => !(name in table)).map((name) => `${process} does not know ${name}`)
  const missing = Object.entries(table)
    .filter(([name, spec]) => !('fallback' in spec) && !given.includes(name))
    .map(([name]) => `${process} needs ${name}`)
  return [...unknown, ...missing]
}
