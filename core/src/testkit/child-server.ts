import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

interface ChildServerOptions {
  readonly program: string
  readonly args: readonly string[]
  /** Runs as this user; only root may say so. */
  readonly user?: { readonly uid: number; readonly gid: number }
  readonly environment?: Readonly<Record<string, string>>
  /** The line of output that says it is ready. */
  readonly readyLine: RegExp
  readonly stopSignal: 'INT' | 'TERM'
  /** Removed when the server has ended, also when we were killed. */
  readonly folder: string
}

interface ChildServer {
  /** Of the server, not of what watches it. */
  readonly pid: number
  /** Resolves when the process has ended and its folder is gone. */
  stop(): Promise<void>
}

/**
 * Watches its standard input, whose other end we hold: when we die, however that happens, it reads the end of it and ends
 * the server. `$1` signal, `$2` folder, then the command.
 */
const WRAPPER = `
signal=$1; folder=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- & server=$!
echo "pid $server"
(cat <&3 >/dev/null; kill -"$signal" "$server") 2>/dev/null &
wait "$server"
rm -rf "$folder"
`

/**
 * Starts a server that ends with this process.
 *
 * @throws When it ends before it is ready; the message has its last lines of output. Its folder is gone then.
 */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const { program, args, folder, stopSignal } = options
  const child = spawn('/bin/sh', ['-c', WRAPPER, 'child-server', stopSignal, folder, program, ...args], {
    cwd: '/',
    // A session of its own: a signal for all of our group must not end the wrapper before it has ended the server.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...options.environment },
    ...options.user,
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const pid = await readyOrEnded(child, options.readyLine, ended)
  return {
    pid,
    async stop() {
      child.stdin?.end()
      await ended
    },
  }
}

async function readyOrEnded(child: ChildProcess, readyLine: RegExp, ended: Promise<void>): Promise<number> {
  const lastLines: string[] = []
  let pid = 0
  const ready = new Promise<'ready'>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface(stream).on('line', (line) => {
        pid ||= Number(/^pid (\d+)$/.exec(line)?.[1] ?? 0)
        lastLines.push(line)
        if (lastLines.length > 20) lastLines.shift()
        if (readyLine.test(line)) resolve('ready')
      })
    }
  })
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  const outcome = await Promise.race([ready, ended, failed])
  if (outcome !== 'ready') throw new Error(`${child.spawnargs.at(6)} did not start:\n${lastLines.join('\n')}`)
  return pid
}
