import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startPostgres, startRedis } from '@nexus/core/testkit'
import { type Account, type ServiceName, signUp } from '../kit/index.ts'
import { Member } from './member.ts'
import type { Lie } from './preload/dishonest-log.ts'

type Postgres = Awaited<ReturnType<typeof startPostgres>>
type Redis = Awaited<ReturnType<typeof startRedis>>

type Pair = readonly [Member, Member]

/** The whole product as processes of its own, on ports that stay, so that clients find a process again that was killed. */
export interface Cluster {
  readonly apis: Pair
  readonly collabs: Pair
  readonly snapshots: Pair
  /** All of them. */
  readonly members: readonly Member[]
  readonly redis: Redis
  readonly postgres: Postgres
  readonly gitDir: string
  readonly account: Account
  stop(): Promise<void>
}

/** Afterwards every process runs and nobody is held anywhere, whatever a failed case has left behind. */
export async function mend({ members }: Cluster): Promise<void> {
  for (const member of members) {
    member.thaw()
    member.goOn()
  }
  await Promise.all(members.filter(({ isAlive }) => !isAlive).map((member) => member.start()))
}

/** @param lie - Build that is not honest about what is saved. */
export async function startCluster(lie?: Lie): Promise<Cluster> {
  const gitDir = await mkdtemp(join(tmpdir(), 'nexus-faults-'))
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres({ durable: true })])
  const env = {
    HOST: '127.0.0.1',
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: 'a secret of at least 32 characters',
    GIT_DIR: gitDir,
    // So few that programs, too, open documents all the time.
    MAX_REPLICAS: '1',
    ...(lie === undefined ? {} : { FAULTS_LIE: lie }),
  }
  const member = async (part: ServiceName): Promise<Member> =>
    new Member(part, { ...env, PORT: String(await freePort()) })
  const pair = async (part: ServiceName): Promise<Pair> => [await member(part), await member(part)]
  const [apis, collabs, snapshots] = [await pair('api'), await pair('collab-server'), await pair('snapshots')]
  const members = [...apis, ...collabs, ...snapshots]
  // First alone: it makes the tables.
  const [first, ...others] = members
  await first?.start()
  await Promise.all(others.map((each) => each.start()))
  return {
    apis,
    collabs,
    snapshots,
    members,
    redis,
    postgres,
    gitDir,
    account: await signUp(apis[0].url),
    stop: async () => {
      await Promise.all(members.map((each) => each.kill()))
      await Promise.all([redis.stop(), postgres.stop()])
      await rm(gitDir, { recursive: true, force: true })
    },
  }
}
