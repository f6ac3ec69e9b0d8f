import type { Json, PanelId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'
import type { Repository } from '../git/repository.ts'
import type { Claim } from './claim.ts'
import { readStateFile } from './compare-content.ts'
import type { Cut, CutPanel } from './cut.ts'
import type { Shown } from './describe-changes.ts'

/** Written with one statement. */
const ROWS_AT_A_TIME = 20

/**
 * Brings `panel_projections` up to the versions of a cut, from the files of the commit that shows it, and takes deleted panels out of it. What a worker that died has left out is made good the next time. A
 * version that is older than the one there writes nothing.
 */
export async function projectPanels(
  { db, repository }: { readonly db: Db; readonly repository: Repository },
  claim: Claim,
  { cut, shown: { panels: folders } }: { readonly cut: Cut; readonly shown: Shown },
): Promise<void> {
  const { workspaceId, panels } = cut
  const shown = panels.map(({ id }) => id)
  await sql`
    delete from panel_projections where workspace_id = ${workspaceId} and panel_id <> all(${shown}::uuid[])
      and exists (select 1 from workspace_git where workspace_id = ${workspaceId} and lease_owner = ${claim.owner})
  `.execute(db)
  const trees = new Map(folders.map(({ id, tree }) => [id, tree]))
  const behind = await findBehind(db, cut)
  for (let at = 0; at < behind.length; at += ROWS_AT_A_TIME) {
    const rows: Row[] = []
    for (const panel of behind.slice(at, at + ROWS_AT_A_TIME)) {
      const tree = trees.get(panel.id)
      const state = tree === undefined ? null : await readStateFile(repository, tree)
      if (state !== null) rows.push({ id: panel.id, version: panel.version, state: withoutNul(state) })
    }
    if (rows.length > 0) await write(db, cut, rows)
  }
}

interface Row {
  readonly id: PanelId
  readonly version: number
  readonly state: Json
}

async function findBehind(db: Db, { workspaceId, panels }: Cut): Promise<CutPanel[]> {
  const { rows } = await sql<{ panel_id: PanelId; version: number }>`
    select panel_id, version from panel_projections where workspace_id = ${workspaceId}
  `.execute(db)
  const known = new Map(rows.map((row) => [row.panel_id, Number(row.version)]))
  return panels.filter(({ id, version }) => (known.get(id) ?? 0) < version)
}

async function write(db: Db, { workspaceId }: Cut, rows: readonly Row[]): Promise<void> {
  await sql`
    insert into panel_projections as p (panel_id, workspace_id, version, state, updated_at)
    select (r ->> 'id')::uuid, ${workspaceId}::uuid, (r ->> 'version')::bigint, r -> 'state', now()
    from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) r
    where exists (select 1 from panels where id = (r ->> 'id')::uuid)
    on conflict (panel_id) do update
      set version = excluded.version, state = excluded.state, updated_at = excluded.updated_at
      where p.version < excluded.version
  `.execute(db)
}

/** PostgreSQL's jsonb has no NUL characters. */
function withoutNul(value: Json): Json {
  const text = JSON.stringify(value)
  return text.includes('\\u0000') ? replaceNul(value) : value
}

function replaceNul(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd')
  if (Array.isArray(value)) return value.map(replaceNul)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.replaceAll('\0', '\ufffd'), replaceNul(member)]),
  )
}
