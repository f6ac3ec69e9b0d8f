import { openPostgres } from '@nexus/core/postgres'
import { createFreeFormPanel, signUp, startService } from '@nexus/e2e/kit'
import { sql } from 'kysely'
import { nodeOptions, startBackEnds, startNode } from './back-ends.ts'
import type { Side, SideOptions } from './side.ts'

/** Here one machine is one address and one user has all the sockets; the peer has no such limits at all. */
const ONE_MACHINE = {
  COLLAB_MAX_SOCKETS_PER_ADDRESS: '20000',
  COLLAB_MAX_SOCKETS_PER_USER: '20000',
  COLLAB_MESSAGES_PER_SECOND: '100000',
  COLLAB_MESSAGE_BURST: '1000000',
  LOG_LEVEL: 'info',
}

const COLLEAGUES = 9

/** Our cluster: `collab-server`s, and one `api` for the account and the panels. */
export async function startNexusSide({ nodes, env = {} }: SideOptions): Promise<Side> {
  const backEnds = await startBackEnds()
  const common = { DATABASE_URL: backEnds.databaseUrl, REDIS_URL: backEnds.redisUrl }
  const api = await startService('api', {
    ...common,
    AUTH_SECRET: 'a secret of at least 32 characters',
    RATE_LIMIT_AUTH_PER_ADDRESS: '0',
    RATE_LIMIT_SIGNUPS_PER_ADDRESS: '0',
    RATE_LIMIT_WRITES_PER_USER: '0',
    RATE_LIMIT_WRITES_PER_KEY: '0',
  })
  const account = await signUp(api.url)
  const tokens = [
    account.accessToken,
    ...(await colleagues(api.url, backEnds.databaseUrl, account.workspaceId)),
  ]
  const start = (port: number) =>
    startService('collab-server', { ...common, ...ONE_MACHINE, ...nodeOptions(env), PORT: String(port) })
  const servers = await Promise.all(Array.from({ length: nodes }, () => startNode(start)))
  const [node] = servers
  if (node === undefined) throw new Error('a side needs a node')
  return {
    ...backEnds,
    name: 'ours',
    nodes: servers,
    node,
    token: account.accessToken,
    tokenOf: (client) => tokens[client % tokens.length] ?? account.accessToken,
    newDocument: async () => `${account.workspaceId}/${await createFreeFormPanel(api.url, account)}`,
    stop: async () => {
      await Promise.all([api.kill(), ...servers.map((server) => server.kill())])
      await backEnds.stop()
    },
  }
}

/** Makes more people members of a workspace. @returns Their tokens. */
async function colleagues(apiUrl: string, databaseUrl: string, workspaceId: string): Promise<string[]> {
  const accounts = await Promise.all(Array.from({ length: COLLEAGUES }, () => signUp(apiUrl)))
  const { db, close } = await openPostgres({ url: databaseUrl, maxConnections: 1 })
  try {
    for (const { email } of accounts) {
      await sql`insert into workspace_members (workspace_id, user_id, role)
        select ${workspaceId}::uuid, id, 'editor' from users where email = ${email}`.execute(db)
    }
  } finally {
    await close()
  }
  return accounts.map(({ accessToken }) => accessToken)
}
