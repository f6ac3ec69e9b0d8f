// Makes sure that what the tests need beside npm packages is here. Says nothing when it is.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Requirement {
  /** Any one of these programs will do. */
  readonly programs: readonly string[]
  readonly debianPackage: string
  readonly neededFor: string
}

const REQUIREMENTS: readonly Requirement[] = [
  { programs: ['redis-server'], debianPackage: 'redis-server', neededFor: '*.redis.test.ts' },
  { programs: ['git'], debianPackage: 'git', neededFor: '*.git.test.ts' },
  { programs: ['ssh-keygen'], debianPackage: 'openssh-client', neededFor: 'signing.pg.test.ts' },
  { programs: ['nginx'], debianPackage: 'nginx-light', neededFor: '*.nginx.test.ts' },
  {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    debianPackage: 'chromium',
    neededFor: 'the tests in a browser',
  },
]

/** Where Debian puts servers; not on everybody's PATH. */
const SERVER_PROGRAMS = '/usr/sbin'

const isInstalled = (program: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), SERVER_PROGRAMS].some((folder) =>
    existsSync(join(folder, program)),
  )

const findMissing = (): Requirement[] => REQUIREMENTS.filter(({ programs }) => !programs.some(isInstalled))

function install(packages: readonly string[]): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) => execFileSync('apt-get', args, { stdio: 'inherit', env: environment })
  apt('update', '-qq')
  apt('install', '-y', '-qq', '--no-install-recommends', ...packages)
}

function describe(missing: readonly Requirement[]): string {
  const parts = missing.map(({ debianPackage, neededFor }) => `${debianPackage} (for ${neededFor})`)
  return `Please install ${parts.join(', ')}; on Debian: apt-get install ${missing.map(({ debianPackage }) => debianPackage).join(' ')}`
}

function prepare(): string | null {
  const missing = findMissing()
  if (missing.length === 0) return null
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) return describe(missing)
  install(missing.map(({ debianPackage }) => debianPackage))
  const stillMissing = findMissing()
  return stillMissing.length === 0 ? null : describe(stillMissing)
}

const problem = prepare()
if (problem !== null) {
  console.error(problem)
  process.exitCode = 1
}
