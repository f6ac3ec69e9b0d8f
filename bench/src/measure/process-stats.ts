import { readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second. */
const MS_PER_TICK = 10

/** CPU time a process has used so far, all threads, user and system, in ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold anything; utime and stime are the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

/** Memory of a process that is in RAM, in KiB. */
export function residentKib(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1])
}

/** Lets a process started with {@link COLLECTABLE} collect its garbage, and waits until its memory stands still. */
export async function collectGarbage(pid: number): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    process.kill(pid, 'SIGUSR2')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
  }
}

/** Environment of a Node process that collects its garbage when it gets SIGUSR2: both products alike. */
export const COLLECTABLE: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--expose-gc --import=${new URL('./gc-on-signal.ts', import.meta.url)}`,
}
