import { startHocuspocusPeer } from '../../peers/hocuspocus.ts'
import { nodeOptions, startBackEnds, startNode } from './back-ends.ts'
import type { Side, SideOptions } from './side.ts'

/** Vanilla Hocuspocus with extension-database and extension-redis. */
export async function startHocuspocusSide({ nodes, env = {} }: SideOptions): Promise<Side> {
  const backEnds = await startBackEnds()
  const start = (port: number) => startHocuspocusPeer({ ...backEnds, port, env: nodeOptions(env) })
  const servers = await Promise.all(Array.from({ length: nodes }, () => startNode(start)))
  const [node] = servers
  if (node === undefined) throw new Error('a side needs a node')
  let documentCount = 0
  return {
    ...backEnds,
    name: 'peer',
    nodes: servers,
    node,
    tokenOf: () => 'anyone',
    token: 'anyone',
    newDocument: async () => {
      documentCount += 1
      return `bench-${documentCount}`
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.kill()))
      await backEnds.stop()
    },
  }
}
