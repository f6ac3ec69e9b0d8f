import {
  createPanelId,
  createWorkspaceId,
  isJsonObject,
  isNexusError,
  type JsonObject,
  NexusError,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import { workspaceFileSchema } from '@nexus/core/http-contract'
import { createSqlUpdateLog, type Db } from '@nexus/core/sql'
import type { ApiOptions } from '../config.ts'
import { refuseHostileJson } from '../middleware/body-limits.ts'
import { insertWorkspace, requireQuota } from './create-workspace.ts'
import { newPanelDocument } from './new-documents.ts'
import { readArchive } from './read-archive.ts'

interface Parts {
  readonly db: Db
  readonly options: ApiOptions
}

/** Documents appended with one statement. */
const AT_ONCE = 50
const WANTED = /(^|\/)(workspace\.json|panels\/[^/]+\/(state\.json|panel\.nxml))$/

/**
 * Makes a workspace of the files of a workspace's repository, as `git archive --format=zip` packs them: its name, its panels
 * in order, with their sources and states. Ids and history are new.
 *
 * @returns Its id. @throws {NexusError} `validation_failed` (not such an archive), `invalid_patch` (a state that does not fit its
 *   source), `payload_too_large`, `quota_exceeded`: nothing has been made.
 */
export async function importWorkspace(
  { db, options }: Parts,
  userId: UserId,
  archive: Buffer,
): Promise<WorkspaceId> {
  const files = await readArchive(archive, (path) => WANTED.test(path))
  const { name, description, panels } = parseFiles(files, options)
  const workspaceId = createWorkspaceId()
  const made = panels.map(({ name: panelName, type, source, state }, at) => {
    const panelId = createPanelId()
    return {
      row: {
        id: panelId,
        workspace_id: workspaceId,
        name: panelName,
        panel_type: type,
        position: at + 1,
        created_by: userId,
        deleted_at: null,
      },
      document: inPanel(panelName, () =>
        newPanelDocument({ workspaceId, panelId, userId, source, initialState: state, isBrokenKept: true }),
      ),
    }
  })
  await db.transaction().execute(async (trx) => {
    await requireQuota(trx, userId)
    await insertWorkspace(trx, workspaceId, { userId, name, description, template: 'empty' })
    for (let at = 0; at < made.length; at += AT_ONCE) {
      const part = made.slice(at, at + AT_ONCE)
      await trx
        .insertInto('panels')
        .values(part.map(({ row }) => row))
        .execute()
      await createSqlUpdateLog(trx).create(part.map(({ document }) => document))
    }
  })
  return workspaceId
}

interface ImportedPanel {
  readonly name: string
  readonly type: string
  readonly source: string | null
  readonly state: JsonObject
}

function parseFiles(files: ReadonlyMap<string, string>, options: ApiOptions) {
  // An archive may have one folder around everything.
  const path = [...files.keys()]
    .filter((each) => /(^|\/)workspace\.json$/.test(each))
    .sort((a, b) => a.length - b.length)[0]
  if (path === undefined) throw refuse('The archive has no workspace.json.')
  const root = path.slice(0, -'workspace.json'.length)
  const parsed = workspaceFileSchema.safeParse(parseJson(files, path, options))
  if (!parsed.success) throw refuse(`${path} is not one of ours.`)
  const { name, description, panels } = parsed.data
  return {
    name,
    description,
    panels: panels.map(({ folder, ...panel }): ImportedPanel => {
      const place = `${root}panels/${folder}`
      const state = parseJson(files, `${place}/state.json`, options)
      if (!isJsonObject(state)) throw refuse(`${place}/state.json is not an object.`)
      const chars = JSON.stringify(state).length
      if (chars > options.MAX_STATE_CHARS)
        throw new NexusError(
          'payload_too_large',
          `${place}/state.json has more than ${options.MAX_STATE_CHARS} characters.`,
        )
      return { ...panel, state, source: files.get(`${place}/panel.nxml`) ?? null }
    }),
  }
}

function parseJson(
  files: ReadonlyMap<string, string>,
  path: string,
  { MAX_JSON_DEPTH }: ApiOptions,
): unknown {
  const text = files.get(path)
  if (text === undefined) throw refuse(`The archive has no ${path}.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse(`${path} is not JSON.`)
  }
  try {
    refuseHostileJson(value, MAX_JSON_DEPTH)
  } catch (error) {
    throw isNexusError(error) ? refuse(`${path}: ${error.message}`) : error
  }
  return value
}

/** What is wrong with one panel says with which. */
function inPanel<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isNexusError(error)) throw error
    throw new NexusError(error.code, `The panel “${name}”: ${error.message}`, {
      details: error.details,
      cause: error,
    })
  }
}

const refuse = (detail: string): NexusError => new NexusError('validation_failed', detail)
