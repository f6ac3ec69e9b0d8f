import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }

/** What the real git program says about a bare repository; rejects when it ends with an error. */
export async function realGit(gitdir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['--git-dir', gitdir, ...args], {
    env,
    maxBuffer: 100_000_000,
  })
  return stdout
}

/** Rejects with git's words when anything in the repository is broken; dangling objects are fine. */
export async function expectSound(gitdir: string): Promise<void> {
  await realGit(gitdir, 'fsck', '--full', '--strict', '--no-dangling')
}

/** What the real git program takes for the trailers of a commit message, a line each. */
export async function trailersOf(message: string): Promise<string[]> {
  const running = run('git', ['interpret-trailers', '--parse'], { env })
  running.child.stdin?.end(message)
  return (await running).stdout.trimEnd().split('\n')
}
