import type { DocumentName } from '@nexus/core'
import { requestJson } from '../kit/index.ts'
import type { Cluster } from './cluster.ts'
import type { Ledger } from './ledger.ts'
import { entriesOf, openEditor } from './live-writer.ts'
import type { Member } from './member.ts'
import type { Point } from './points.ts'
import { addEntry } from './program-writer.ts'
import type { Scene } from './scene.ts'

/** More than a tail may have before it is worth a checkpoint, characters. */
const HEAVY = 5_000

interface Provocation {
  readonly cluster: Cluster
  readonly ledger: Ledger
  readonly scene: Scene
  readonly point: Point
  /** Who shall reach it. */
  readonly by: Member
  readonly name: string
}

/** Which document a point is armed for; null: any, because writers write all the time. */
export const documentOf = (point: Point, { shelf }: Scene): DocumentName | null =>
  point === 'during checkpoint' || point === 'during open' || point === 'during unload' ? shelf : null

/** Does what leads to the point. Resolves when that has ended, which it may only after the strike. */
export async function provoke({ cluster, ledger, scene, point, by, name }: Provocation): Promise<void> {
  const key = `${name}.provoked`
  if (point === 'during Git commit') await requestSnapshot(cluster)
  else if (point === 'during open' && by.part === 'api') {
    ledger.wrote(scene.shelf, key)
    const isSaved = await addEntry(cluster.account, by, { document: scene.shelf, key })
    if (isSaved) ledger.acknowledged(scene.shelf, key)
  } else if (point.startsWith('during')) {
    // The last to leave has the document unloaded, with a checkpoint first when one is due.
    const editor = await openEditor(cluster.account, by, scene.shelf)
    ledger.wrote(scene.shelf, key)
    if (point === 'during checkpoint') editor.state.set('ballast', 'x'.repeat(HEAVY))
    entriesOf(editor).push([key])
    await editor.whenSaved()
    ledger.acknowledged(scene.shelf, key)
    editor.close()
  }
}

/** Asks for a snapshot. @returns The commit that shows it; `null` when the API could not say. */
export async function requestSnapshot({ apis, account }: Cluster): Promise<string | null> {
  try {
    const answer = await requestJson<{ gitCommitHash?: string | null }>(
      `${apis[0].url}/api/state/${account.workspaceId}/snapshot`,
      { method: 'POST', token: account.accessToken, body: {} },
    )
    return answer.status === 201 ? (answer.body.gitCommitHash ?? null) : null
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
