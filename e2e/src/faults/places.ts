import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { DocumentName } from '@nexus/core'
import * as Y from 'yjs'
import { requestJson } from '../kit/index.ts'
import type { Cluster } from './cluster.ts'
import { entriesOf, openEditor } from './live-writer.ts'
import { readLog } from './read-log.ts'

/** Where a key must stand, and how the list of keys is read there. */
export interface Place {
  readonly name: string
  read(document: DocumentName): Promise<readonly unknown[]>
}

/** The live document as somebody sees it who opens it now, on each server. */
export const livePlaces = (cluster: Cluster): Place[] =>
  cluster.collabs.map((server, index) => ({
    name: `live on server ${index + 1}`,
    read: async (document) => {
      const editor = await openEditor(cluster.account, server, document)
      const keys = entriesOf(editor).toArray()
      editor.close()
      return keys
    },
  }))

/** JSON, from each API. */
export const apiPlaces = ({ apis, account }: Cluster): Place[] =>
  apis.map((api, index) => ({
    name: `the JSON of API ${index + 1}`,
    read: async (document) => {
      const answer = await requestJson<{ state: { $state: { entries: unknown[] } } }>(
        `${api.url}/api/state/${document}`,
        { token: account.accessToken },
      )
      if (answer.status !== 200) throw new Error(`GET answered ${answer.status}`)
      return answer.body.state.$state.entries
    },
  }))

/** The log's rows, with plain Yjs: from the first on, and from the newest checkpoint on. */
export const logPlaces = (cluster: Cluster): Place[] => [
  { name: 'the log from its beginning', read: (document) => replay(cluster, document, 'beginning') },
  { name: 'the log from its newest checkpoint', read: (document) => replay(cluster, document, 'checkpoint') },
]

async function replay({ postgres }: Cluster, document: DocumentName, from: 'beginning' | 'checkpoint') {
  const { checkpoint, updates } = await readLog(postgres.url, document, from)
  const doc = new Y.Doc({ gc: false })
  if (checkpoint !== null) Y.applyUpdate(doc, checkpoint)
  for (const update of updates) Y.applyUpdate(doc, update)
  const entries = doc.getMap('state').get('entries')
  return entries instanceof Y.Array ? entries.toArray() : []
}

/** The files of one commit, read by the real git. */
export const gitPlace = (cluster: Cluster, commit: string): Place => ({
  name: 'Git',
  read: async (document) => {
    const git = (...args: string[]): string => runGit(cluster, args)
    const paths = git('ls-tree', '-r', '--name-only', commit).split('\n')
    const path = paths.find((each) => each.endsWith(`-${document.slice(-8)}/state.json`))
    if (path === undefined) throw new Error(`${document} is not in commit ${commit}.`)
    const state: { entries: unknown[] } = JSON.parse(git('show', `${commit}:${path}`))
    return state.entries
  },
})

/** What the real git says about the soundness of the repository. */
export const inspectRepository = (cluster: Cluster): string => runGit(cluster, ['fsck', '--full', '--strict'])

function runGit({ gitDir, account }: Cluster, args: readonly string[]): string {
  const repository = join(gitDir, `${account.workspaceId}.git`)
  return execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8', maxBuffer: 100_000_000 })
}
