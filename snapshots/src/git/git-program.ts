import { type ChildProcess, spawn } from 'node:child_process'

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
const MAX_ERROR_CHARS = 10_000

interface RunOptions {
  readonly input?: string
  readonly timeoutMs?: number
  /** More said than this is an error. */
  readonly maxBytes?: number
  /** For its environment. */
  readonly variables?: Readonly<Record<string, string>>
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** Why a run was ended before its time. */
export class GitEnded extends Error {
  readonly why: 'too long' | 'too much' | 'not wanted'

  constructor(why: GitEnded['why']) {
    super(`git was ended: ${why}`)
    this.name = 'GitEnded'
    this.why = why
  }
}

/** git did not do what it was asked to. */
export class GitFailed extends Error {
  /** What it said about it. */
  readonly stderr: string

  constructor(command: string, stderr: string) {
    super(`git ${command} failed: ${stderr.trim().slice(0, 500)}`)
    this.name = 'GitFailed'
    this.stderr = stderr
  }
}

/** The git of this machine. Never with a shell in between. */
export interface GitProgram {
  /** Such as `2.39.5`; `null`: there is none, or it cannot be started now. */
  version(): Promise<string | null>
  /** What it says when it has ended well. @throws {GitFailed}, {GitEnded}. Nothing of it is left then. */
  run(args: readonly string[], options?: RunOptions): Promise<string>
  /** Of a group of its own, see {@link endGroup}. @param variables - For its environment. */
  start(args: readonly string[], variables?: Readonly<Record<string, string>>): ChildProcess
}

/** @param path - Of the program; a name alone is looked for where systems have theirs, `/usr/bin` and `/bin`. */
export function createGitProgram(path = 'git'): GitProgram {
  let version: string | null = null
  const start: GitProgram['start'] = (args, variables = {}) =>
    spawn(path, [...PREFIX, ...args], {
      env: { ...ENVIRONMENT, ...variables },
      stdio: ['pipe', 'pipe', 'pipe'],
      shell: false,
      detached: true,
    })
  const run: GitProgram['run'] = (args, { input = '', variables = {}, ...limits } = {}) => {
    const child = start(args, variables)
    // Why it does not listen any more is what it says when it ends.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    const command = args.find((arg) => /^[a-z]/.test(arg) && !arg.includes('/')) ?? ''
    return listen(child, command, limits)
  }
  return {
    version: async () => {
      if (version !== null) return version
      const said = await run(['--version'], { timeoutMs: VERSION_TIMEOUT_MS }).catch(() => '')
      version = /\d+(\.\d+)+/.exec(said)?.[0] ?? null
      return version
    },
    run,
    start,
  }
}

/** Ends a program with all that it has started: git leaves the work to others. */
export function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function listen(
  child: ChildProcess,
  command: string,
  { timeoutMs = RUN_TIMEOUT_MS, maxBytes = MAX_SAID_BYTES, signal }: RunOptions,
): Promise<string> {
  const said: Buffer[] = []
  let bytes = 0
  let stderr = ''
  let ended: GitEnded | null = null
  const end = (why: GitEnded['why']): void => {
    ended ??= new GitEnded(why)
    endGroup(child)
  }
  const onAbort = (): void => end('not wanted')
  const limit = setTimeout(() => end('too long'), timeoutMs)
  if (signal?.aborted === true) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  child.stdout?.on('data', (part: Buffer) => {
    bytes += part.byteLength
    if (bytes > maxBytes) end('too much')
    else said.push(part)
  })
  child.stderr?.on('data', (part: Buffer) => {
    if (stderr.length < MAX_ERROR_CHARS) stderr += part.toString('utf8')
  })
  return new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    // When nobody has its pipes any more.
    child.once('close', (code) => {
      if (ended !== null) reject(ended)
      else if (code === 0) resolve(Buffer.concat(said).toString('utf8'))
      else reject(new GitFailed(command, stderr))
    })
  }).finally(() => {
    clearTimeout(limit)
    signal?.removeEventListener('abort', onAbort)
  })
}
