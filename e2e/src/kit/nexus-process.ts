import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const mainOf = (part: string): string =>
  fileURLToPath(new URL(`../../../${part}/src/main.ts`, import.meta.url))
/** How much of what the process said is kept for error messages, in lines. */
const KEPT_LINES = 50

export interface NexusProcess {
  /** Origin, such as `http://localhost:41234`. */
  readonly url: string
  readonly pid: number
  /** From spawning to the ready line, in ms. */
  readonly startMs: number
  /** What it wrote last, on both outputs; newest at the end. */
  readonly said: () => string
  /** Whether the process still runs. */
  readonly isAlive: () => boolean
  /** SIGKILL: no chance to tidy up. Resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM. Resolves with the exit code when the process has ended by itself. */
  stop(): Promise<number | null>
  /** To what was loaded before the product, see {@link Preload}; nothing happens when the process is gone. */
  tell(message: object): void
}

/** A module of the test kit that a service loads before itself, and that talks with us. */
export interface Preload {
  readonly module: URL
  readonly onMessage: (message: unknown) => void
}

export interface StartOptions {
  readonly dataDir: string
  /** Absent: the embedded database. */
  readonly databaseUrl?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the product as `npm start` does (without building the studio) on a free port, and waits until it is ready. */
export function startNexus({ dataDir, databaseUrl, env = {} }: StartOptions): Promise<NexusProcess> {
  return startProcess({
    part: 'standalone',
    ready: /Nexus is ready:\s+(http:\/\/\S+)/,
    toUrl: (url) => url,
    env: {
      PORT: '0',
      DATA_DIR: dataDir,
      RATE_LIMIT_AUTH_PER_ADDRESS: '0',
      RATE_LIMIT_SIGNUPS_PER_ADDRESS: '0',
      RATE_LIMIT_WRITES_PER_USER: '0',
      RATE_LIMIT_WRITES_PER_KEY: '0',
      RATE_LIMIT_AUTH_PER_ACCOUNT: '0',
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...env,
    },
  })
}

export type ServiceName = 'api' | 'collab-server' | 'snapshots'

/** Starts one service as a process of its own on a free port, as in a cluster, and waits until it is ready. */
export function startService(
  part: ServiceName,
  env: Readonly<Record<string, string>>,
  preload?: Preload,
): Promise<NexusProcess> {
  return startProcess({
    part,
    ...(preload === undefined ? {} : { preload }),
    ready: /"port":(\d+),"msg":"[a-z-]+ is ready"/,
    toUrl: (port) => `http://localhost:${port}`,
    env: { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'info', ...env },
  })
}

interface StartProcess {
  readonly part: string
  /** Its first group is turned into the origin. */
  readonly ready: RegExp
  readonly toUrl: (group: string) => string
  readonly env: Readonly<Record<string, string>>
  readonly preload?: Preload
}

async function startProcess({ part, ready, toUrl, env, preload }: StartProcess): Promise<NexusProcess> {
  const startedAt = performance.now()
  const before = preload === undefined ? [] : ['--import', preload.module.href]
  const child = spawn(process.execPath, [...before, mainOf(part)], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(preload === undefined ? [] : (['ipc'] as const))],
  })
  if (preload !== undefined) child.on('message', preload.onMessage)
  const lines = keepLines(child)
  const url = toUrl(await readyGroup(child, lines, ready))
  return {
    url,
    pid: child.pid ?? -1,
    startMs: performance.now() - startedAt,
    said: () => lines.join('\n'),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    tell: (message) => {
      // A process that ends meanwhile is no error: it cannot be told any more.
      if (child.connected) child.send(message, () => undefined)
    },
    kill: async () => {
      await ended(child, 'SIGKILL')
    },
    stop: () => ended(child, 'SIGTERM'),
  }
}

function keepLines(child: ChildProcess): string[] {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > KEPT_LINES) lines.shift()
    })
  }
  return lines
}

function readyGroup(child: ChildProcess, lines: readonly string[], ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = ready.exec(lines.join('\n'))
      if (match?.[1] === undefined) return
      child.stdout?.off('data', look)
      resolve(match[1])
    }
    child.stdout?.on('data', look)
    child.once('exit', (code) => reject(new Error(`Nexus ended with ${code}:\n${lines.join('\n')}`)))
  })
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  return child.exitCode
}
