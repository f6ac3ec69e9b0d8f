export interface RunOptions {
  /** Short and rough, to see that a scenario works; no results are written. */
  readonly quick: boolean
}

export const runOptions: RunOptions = { quick: process.argv.includes('--quick') }
