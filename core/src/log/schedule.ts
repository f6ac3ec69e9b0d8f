/** Runs `task` once, `afterMs` from now, unless the returned function is called before. A parameter, so that tests need not wait. */
export type Schedule = (task: () => void, afterMs: number) => () => void

export const systemSchedule: Schedule = (task, afterMs) => {
  const timer = setTimeout(task, afterMs)
  return () => clearTimeout(timer)
}
