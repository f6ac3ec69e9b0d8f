import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import * as z from 'zod'
import { lastOf, readDockerfile } from './dockerfile.ts'
import { ROOT } from './repository.ts'

interface NginxTargets {
  /** `host:port` each. */
  readonly api: string
  readonly collab_server: string
  readonly snapshots: string
}

interface Nginx extends AsyncDisposable {
  readonly port: number
  /** Access log and error log so far. */
  log(): string
}

/** Two seconds, tried every 20 ms: far more than nginx takes to listen. */
const START_ATTEMPTS = 100
const START_PAUSE_MS = 20

function findNginx(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path))
  if (found === undefined) {
    throw new Error(
      'nginx is missing. Run: node scripts/prepare-tests.ts (on Debian: apt-get install nginx-light)',
    )
  }
  return found
}

/**
 * Runs Debian's nginx as the image does, with the configuration that is in it; only the places are those of this machine:
 * a free port, a temporary folder, the studio's files, and the servers.
 *
 * @throws With nginx's own words when it refuses the configuration.
 */
export async function startNginx(options: {
  readonly image: 'proxy' | 'studio'
  readonly studioDist: string
  readonly targets?: NginxTargets
  readonly port: number
}): Promise<Nginx> {
  const program = findNginx()
  const folder = await mkdtemp(join(tmpdir(), 'nexus-nginx-'))
  await chmod(folder, 0o755)
  await writeConfiguration(folder, options)
  const logFile = join(folder, 'log')
  const output = openSync(logFile, 'a')
  const child = spawn(program, argumentsOf(options.image, folder), { stdio: ['ignore', output, output] })
  const exited = once(child, 'exit')
  const log = () => readFileSync(logFile, 'utf8')
  for (let attempt = 0; !(await isListening(options.port)); attempt += 1) {
    if (child.exitCode !== null || attempt === START_ATTEMPTS)
      throw new Error(`nginx does not start: ${log()}`)
    await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS))
  }
  return {
    port: options.port,
    log,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true })
    },
  }
}

/** What the image's command gives to nginx, with the folder in place of the image's. */
function argumentsOf(image: string, folder: string): string[] {
  const command = lastOf(readDockerfile().get(image)?.instructions ?? [], 'CMD') ?? '[]'
  const [, ...rest] = z.array(z.string()).parse(JSON.parse(command))
  return rest.map((argument) => argument.replace('/etc/nexus', folder))
}

async function writeConfiguration(
  folder: string,
  options: { readonly studioDist: string; readonly targets?: NginxTargets; readonly port: number },
): Promise<void> {
  await cp(join(ROOT, 'k8s/nginx'), folder, { recursive: true })
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const text = (await readFile(path, 'utf8'))
      .replaceAll('/tmp/', `${folder}/`)
      .replaceAll('/dev/stdout', join(folder, 'log'))
      .replaceAll('/srv/studio', options.studioDist)
      .replace('listen 4000;', `listen 127.0.0.1:${options.port};`)
    await writeFile(path, text)
  }
  const maps = Object.entries(options.targets ?? {}).map(
    ([name, target]) => `map "" $${name} { default "${target}"; }`,
  )
  await writeFile(join(folder, 'targets.conf'), `${maps.join('\n')}\n`)
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
