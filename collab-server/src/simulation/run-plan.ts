import { problemsWhenEmpty, problemsWhenQuiet } from './check-world.ts'
import { isNeedless } from './log-replay.ts'
import type { Plan } from './plan.ts'
import type { StoreFlaws } from './simulated-store.ts'
import type { Trace } from './trace.ts'
import { type VirtualTime, withVirtualTime } from './virtual-time.ts'
import { World } from './world.ts'

/** Longer than presence of the dead lasts: 30 s when its end was lost, 6 to 8 s of a silent process. */
const QUIET_MS = 40_000
/** Longer than any pause before a document is unloaded. */
const EMPTY_MS = 15_000

export interface RunCounts {
  readonly committedVersions: number
  /** Versions that changed nothing. */
  readonly emptyVersions: number
  /** Those among them whose author could have known. */
  readonly needlessVersions: number
  readonly checkpoints: number
  readonly savedKeys: number
}

interface Outcome {
  /** What must not be; empty when all is well. */
  readonly problems: readonly string[]
  readonly trace: Trace
  readonly counts: RunCounts
}

/** Carries out a plan, then lets the world come to rest, and looks. */
export function runPlan(plan: Plan, flaws: StoreFlaws = {}): Promise<Outcome> {
  return withVirtualTime(plan.seed, async (time) => {
    const world = new World(plan, flaws)
    const { problems } = world
    try {
      await carryOut(plan, world, time)
    } catch (error) {
      problems.push(`the run threw ${error instanceof Error ? error.stack : error}`)
    }
    return { problems, trace: world.trace, counts: countsOf(world) }
  })
}

async function carryOut(plan: Plan, world: World, time: VirtualTime): Promise<void> {
  for (const editor of world.editors) editor.goOnline()
  for (const { afterMs, ...deed } of plan.steps) {
    await time.pass(afterMs)
    world.do(deed)
  }
  await time.pass(0)
  world.calm()
  await time.pass(QUIET_MS)
  world.problems.push(...(await problemsWhenQuiet(world)))
  for (const editor of world.editors) editor.goOffline()
  await time.pass(EMPTY_MS)
  world.problems.push(...problemsWhenEmpty(world))
}

function countsOf({ commits, replays, saved, store }: World): RunCounts {
  const emptyVersions = [...replays.values()].flatMap((replay) => replay.emptyVersions)
  return {
    committedVersions: commits
      .filter(({ outcome }) => outcome.state === 'appended')
      .reduce((sum, { entry }) => sum + entry.updates.length, 0),
    emptyVersions: emptyVersions.length,
    needlessVersions: emptyVersions.filter(isNeedless).length,
    checkpoints: store.checkpointCount,
    savedKeys: [...saved.values()].reduce((sum, keys) => sum + keys.size, 0),
  }
}
