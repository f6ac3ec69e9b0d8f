import { type RunOptions, runOptions } from './run-options.ts'
import { benchAckRate } from './scenarios/ack-rate.ts'
import { benchApiHistory } from './scenarios/api-history.ts'
import { benchApiLive } from './scenarios/api-live.ts'
import { benchApiState } from './scenarios/api-state.ts'
import { benchApiZipf } from './scenarios/api-zipf.ts'
import { benchCallerCheck } from './scenarios/caller-check.ts'
import { benchClusterVisible } from './scenarios/cluster-visible.ts'
import { benchCrash } from './scenarios/crash.ts'
import { benchCrashLost } from './scenarios/crash-lost.ts'
import { benchCrowd } from './scenarios/crowd.ts'
import { benchGitGrowth } from './scenarios/git-growth.ts'
import { benchIdle } from './scenarios/idle.ts'
import { benchLive } from './scenarios/live.ts'
import { benchLoginFlood } from './scenarios/login-flood.ts'
import { benchManyDocuments } from './scenarios/many-documents.ts'
import { benchOpenLong } from './scenarios/open-long.ts'
import { benchOutageLost } from './scenarios/outage-lost.ts'
import { benchReconnect } from './scenarios/reconnect.ts'
import { benchRedisDown } from './scenarios/redis-down.ts'
import { benchRedisTraffic } from './scenarios/redis-traffic.ts'
import { benchSnapshotAcks } from './scenarios/snapshot-acks.ts'
import { benchSnapshots } from './scenarios/snapshots.ts'
import { benchSoak } from './scenarios/soak.ts'
import { benchStart } from './scenarios/start.ts'
import { benchState } from './scenarios/state.ts'
import { benchWal } from './scenarios/wal.ts'

const SCENARIOS: Readonly<Record<string, (options: RunOptions) => Promise<void>>> = {
  live: benchLive,
  state: benchState,
  start: benchStart,
  crash: benchCrash,
  'ack-rate': benchAckRate,
  'cluster-visible': benchClusterVisible,
  'crash-lost': benchCrashLost,
  'outage-lost': benchOutageLost,
  'redis-down': benchRedisDown,
  'open-long': benchOpenLong,
  reconnect: benchReconnect,
  'redis-traffic': benchRedisTraffic,
  soak: benchSoak,
  wal: benchWal,
  crowd: benchCrowd,
  idle: benchIdle,
  'many-documents': benchManyDocuments,
  'api-state': benchApiState,
  'api-history': benchApiHistory,
  'api-live': benchApiLive,
  'api-zipf': benchApiZipf,
  snapshots: benchSnapshots,
  'snapshot-acks': benchSnapshotAcks,
  'git-growth': benchGitGrowth,
  'login-flood': benchLoginFlood,
  'caller-check': benchCallerCheck,
}

const asked = process.argv.slice(2).filter((argument) => argument !== '--quick')
const unknown = asked.filter((name) => !Object.hasOwn(SCENARIOS, name))
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}`)
  process.exitCode = 1
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(SCENARIOS)) await SCENARIOS[name]?.(runOptions)
}
