import { API_OPTIONS, API_PROCESS_OPTIONS } from '@nexus/api'
import { COLLAB_OPTIONS, COLLAB_PROCESS_OPTIONS } from '@nexus/collab-server'
import type { OptionTable } from '@nexus/core/server'
import { SNAPSHOT_WORKER_OPTIONS } from '@nexus/snapshots'
import { STANDALONE_OPTIONS } from '@nexus/standalone'

const shown = (fallback: unknown): string => (fallback === null ? 'none' : `\`${fallback}\``)

const rowsOf = (table: OptionTable): string[] =>
  Object.entries(table).map(
    ([name, spec]) =>
      `| \`${name}\` | ${'fallback' in spec ? shown(spec.fallback) : '**required**'} | ${spec.doc} |`,
  )

const section = (title: string, table: OptionTable): string =>
  `## ${title}\n\n| name | default | what it is |\n|---|---|---|\n${rowsOf(table).join('\n')}\n`

/** Settings of `table` that none of `others` has. */
function without(table: OptionTable, ...others: readonly OptionTable[]): OptionTable {
  return Object.fromEntries(
    Object.entries(table).filter(([name]) => others.every((other) => !Object.hasOwn(other, name))),
  )
}

/** `docs/settings.md`: every environment variable, from the option tables. */
export function renderSettingsPage(): string {
  const parts = [
    section('One process (`npm start`)', without(STANDALONE_OPTIONS, TUNING)),
    section('api', without(API_PROCESS_OPTIONS, TUNING)),
    section('collab-server', without(COLLAB_PROCESS_OPTIONS, TUNING)),
    section('snapshots', SNAPSHOT_WORKER_OPTIONS),
    section('Limits of the API (api and the one process)', without(API_OPTIONS, PLAIN)),
    section('Limits of live editing (collab-server and the one process)', without(COLLAB_OPTIONS, PLAIN)),
  ]
  return `# Settings

Environment variables. All problems are reported at once, before anything is opened.

<!-- Written by \`npm run docs\` from the option tables in each part's src/config.ts. -->

${parts.join('\n')}`
}

const PLAIN: OptionTable = Object.fromEntries(
  ['PUBLIC_URL', 'TRUSTED_PROXIES', 'AUTH_SECRET'].map((name) => [
    name,
    { doc: '', parse: (text: string) => text },
  ]),
)
const TUNING = without({ ...API_OPTIONS, ...COLLAB_OPTIONS }, PLAIN)
