import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { freezeTree, killTree, thawTree } from './process-tree.ts'

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

export interface ChildServer {
  /** Of the server, not of what watches it; another one after {@link restart}. */
  readonly pid: number
  /** SIGSTOP for the server and all it has started. */
  freeze(): void
  /** SIGCONT for all that {@link freeze} stopped. */
  thaw(): void
  /** SIGKILL for the server and all it has started. Its folder stays. Resolves when they are gone. */
  crash(): Promise<void>
  /** Starts it again after {@link crash}, the same command on the same folder. Resolves when it is ready. */
  restart(): Promise<void>
  /** Resolves when the process has ended and its folder is gone. */
  stop(): Promise<void>
}

/**
 * Watches its standard input, whose other end we hold: when we die, however that happens, it reads the end of it and ends
 * the server. The folder goes only then, not when the server crashes. `$1` signal, `$2` folder, then the command.
 */
const WRAPPER = `
signal=$1; folder=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- & server=$!
echo "pid $server"
(cat <&3 >/dev/null; kill -"$signal" "$server"; kill -CONT "$server") 2>/dev/null & watcher=$!
wait "$server"
kill "$watcher" 2>/dev/null
(echo ended) 2>/dev/null
cat <&3 >/dev/null
rm -rf "$folder"
`

/**
 * Starts a server that ends with this process.
 *
 * @throws When it ends before it is ready; the message has its last lines of output. Its folder is gone then.
 */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  let current = await launch(options)
  /** Watchers of servers that have crashed; each goes when its standard input ends. */
  const crashed: Launched[] = []
  let frozen: readonly number[] = []
  return {
    get pid() {
      return current.pid
    },
    freeze() {
      frozen = freezeTree(current.pid)
    },
    thaw() {
      thawTree(frozen)
      frozen = []
    },
    async crash() {
      await killTree(current.pid)
      await current.ended
    },
    async restart() {
      crashed.push(current)
      current = await launch(options)
    },
    async stop() {
      for (const launched of [current, ...crashed]) await launched.release()
    },
  }
}

interface Launched {
  readonly pid: number
  /** The server has ended; what watches it may still be there. */
  readonly ended: Promise<void>
  /** Ends the server and what watches it, and removes the folder. */
  release(): Promise<void>
}

async function launch(options: ChildServerOptions): Promise<Launched> {
  const { program, args, folder, stopSignal } = options
  const child = spawn('/bin/sh', ['-c', WRAPPER, 'child-server', stopSignal, folder, program, ...args], {
    cwd: '/',
    // A session of its own: a signal for all of our group must not end the wrapper before it has ended the server.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...options.environment },
    ...options.user,
  })
  const exit = new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve())
    child.once('error', reject)
  })
  const release = async (): Promise<void> => {
    child.stdin?.end()
    await exit
  }
  const output = listen(child, options.readyLine)
  if ((await Promise.race([output.ready, output.ended, exit])) !== 'ready') {
    await release()
    throw new Error(`${program} did not start:\n${output.lastLines.join('\n')}`)
  }
  return { pid: output.pid(), ended: output.ended, release }
}

/** What the server and its watcher say. */
function listen(child: ChildProcess, readyLine: RegExp) {
  const lastLines: string[] = []
  let pid = 0
  const ready = Promise.withResolvers<'ready'>()
  const ended = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface(stream).on('line', (line) => {
      pid ||= Number(/^pid (\d+)$/.exec(line)?.[1] ?? 0)
      lastLines.push(line)
      if (lastLines.length > 20) lastLines.shift()
      if (readyLine.test(line)) ready.resolve('ready')
      if (line === 'ended') ended.resolve()
    })
  }
  return { lastLines, pid: () => pid, ready: ready.promise, ended: ended.promise }
}
