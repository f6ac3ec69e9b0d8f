import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runOptions } from './run-options.ts'

/** What one measured series says. Times in ms. */
export interface Series {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

const round = (ms: number): number => Math.round(ms * 100) / 100

/** Nearest-rank percentiles. @param samples - At least one, in any order. */
export function toSeries(samples: readonly number[]): Series {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN)
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** The run (of several) whose p95 is the middle one: a noisy neighbour spoils one run, not the figure. */
export function medianRun(runs: readonly Series[]): Series {
  const middle = runs.toSorted((a, b) => a.p95 - b.p95)[Math.floor(runs.length / 2)]
  if (middle === undefined) throw new Error('there was no run')
  return middle
}

export interface Result {
  readonly name: string
  /** What was done, in a sentence. */
  readonly what: string
  /** The bar this figure is held against, in words. */
  readonly bar: string
  readonly isMet: boolean
  readonly figures: Readonly<Record<string, unknown>>
  /** Every run, raw. */
  readonly runs: readonly unknown[]
}

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()

/** Says the figures, and writes `bench/results/<name>.json`: with what they were measured on; not of a quick run. */
export function writeResult(result: Result): void {
  console.log(
    `${result.isMet ? 'met   ' : 'MISSED'} ${result.name}: ${JSON.stringify(result.figures)} (bar: ${result.bar})`,
  )
  if (runOptions.quick) return
  const path = fileURLToPath(new URL(`../results/${result.name}.json`, import.meta.url))
  const context = {
    commit: git('rev-parse', '--short', 'HEAD'),
    uncommitted: git('status', '--porcelain', '--', ':!bench/results') !== '',
    measuredAt: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
    },
    node: process.version,
  }
  mkdirSync(new URL('../results/', import.meta.url), { recursive: true })
  writeFileSync(path, `${JSON.stringify({ ...result, ...context }, null, 2)}\n`)
}
