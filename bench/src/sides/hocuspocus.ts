import { startHocuspocusPeer } from '../../peers/hocuspocus.ts'
import { nodeOptions, startBackEnds, startNode } from './back-ends.ts'
import type { ServerNode, Side, SideOptions } from './side.ts'

/** Vanilla Hocuspocus with extension-database and extension-redis. */
export async function startHocuspocusSide({ nodes, env = {} }: SideOptions): Promise<Side> {
  const backEnds = await startBackEnds()
  const start = (port: number) => startHocuspocusPeer({ ...backEnds, port, env: nodeOptions(env) })
  const servers: ServerNode[] = []
  // One after the other: two that make the same table at one moment fail, `if not exists` or not.
  while (servers.length < nodes) servers.push(await startNode(start))
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
