import type { Schedule } from '../log/schedule.ts'

/** Time that stands still until a test moves it. */
interface ManualSchedule {
  readonly schedule: Schedule
  /** Pauses that are waited for now, ms from now, shortest first. */
  readonly pending: readonly number[]
  /** Moves time on and runs what is due, in the order it is due. */
  advance(ms: number): void
}

export function createManualSchedule(): ManualSchedule {
  let nowMs = 0
  let tasks: { dueMs: number; task: () => void }[] = []
  return {
    schedule(task, afterMs) {
      const scheduled = { dueMs: nowMs + afterMs, task }
      tasks.push(scheduled)
      tasks.sort((a, b) => a.dueMs - b.dueMs)
      return () => {
        tasks = tasks.filter((other) => other !== scheduled)
      }
    },
    get pending() {
      return tasks.map(({ dueMs }) => dueMs - nowMs)
    },
    advance(ms) {
      nowMs += ms
      for (let next = tasks[0]; next !== undefined && next.dueMs <= nowMs; next = tasks[0]) {
        tasks.shift()
        next.task()
      }
    },
  }
}
