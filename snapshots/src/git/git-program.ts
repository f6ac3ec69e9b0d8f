import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'

/** Says nothing about the machine it runs on, asks nobody, and reads no settings but those given. */
const ENVIRONMENT = {
  LC_ALL: 'C',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
}
/** The repositories are ours, whoever owns their folder; hooks are nobody's. One core is enough for each. */
const SETTINGS = [
  'safe.directory=*',
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'pack.threads=1',
  'pack.windowMemory=64m',
]
const PREFIX = SETTINGS.flatMap((setting) => ['-c', setting])
const VERSION_TIMEOUT_MS = 10_000
/** Packing the largest repositories takes a minute. */
const RUN_TIMEOUT_MS = 600_000
const MAX_SAID_BYTES = 500_000_000

interface RunOptions {
  readonly input?: string
  readonly timeoutMs?: number
  /** More said than this is an error. */
  readonly maxBytes?: number
  /** For its environment. */
  readonly variables?: Readonly<Record<string, string>>
}

/** The git of this machine. Never with a shell in between. */
export interface GitProgram {
  /** Such as `2.39.5`; `null`: there is none. Asked once. */
  version(): Promise<string | null>
  /** What it says when it has ended well. @throws With its own words, when it ends otherwise. */
  run(args: readonly string[], options?: RunOptions): Promise<string>
  /** @param variables - For its environment. */
  start(args: readonly string[], variables?: Readonly<Record<string, string>>): ChildProcess
}

/** @param path - Of the program; a name alone is looked for where systems have theirs, `/usr/bin` and `/bin`. */
export function createGitProgram(path = 'git'): GitProgram {
  let version: Promise<string | null> | null = null
  const ask = async (): Promise<string | null> => {
    try {
      const { stdout } = await promisify(execFile)(path, ['--version'], {
        env: ENVIRONMENT,
        timeout: VERSION_TIMEOUT_MS,
      })
      return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? null
    } catch {
      return null
    }
  }
  return {
    version: () => {
      version ??= ask()
      return version
    },
    run: async (
      args,
      { input = '', timeoutMs = RUN_TIMEOUT_MS, maxBytes = MAX_SAID_BYTES, variables = {} } = {},
    ) => {
      const running = promisify(execFile)(path, [...PREFIX, ...args], {
        env: { ...ENVIRONMENT, ...variables },
        timeout: timeoutMs,
        maxBuffer: maxBytes,
      })
      // Why it does not listen any more is what it says when it ends.
      running.child.stdin?.on('error', () => undefined)
      running.child.stdin?.end(input)
      return (await running).stdout
    },
    start: (args, variables = {}) =>
      spawn(path, [...PREFIX, ...args], {
        env: { ...ENVIRONMENT, ...variables },
        stdio: ['pipe', 'pipe', 'pipe'],
        shell: false,
      }),
  }
}
