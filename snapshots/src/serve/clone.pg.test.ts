import { type ChildProcess, execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { createWorkspaceId, toUserId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { createAccess, createCredentials, createLogger } from '@nexus/core/server'
import { createTokenSigner, someApiKey, withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test, vi } from 'vitest'
import { createGitProgram, type GitProgram } from '../git/git-program.ts'
import { clientGit, serveGit } from '../testkit/git-server.ts'
import { realGit } from '../testkit/real-git.ts'
import { ADA, BOB, createStage, type Stage } from '../testkit/stage.ts'
import { temporaryFolder } from '../testkit/temporary-folder.ts'
import { createGitService } from './git-service.ts'

const database = withTestDatabase()
/** A machine may have much to do. */
const SLOW = { timeout: 10_000 }

/** A workspace of Ada, who lets Bob look at it, with one panel; and where it can be cloned from. */
async function servedStage() {
  const stage = await createStage(database.db)
  await database.db
    .insertInto('workspace_members')
    .values([
      { workspace_id: stage.workspaceId, user_id: ADA, role: 'owner' },
      { workspace_id: stage.workspaceId, user_id: BOB, role: 'viewer' },
    ])
    .execute()
  const panel = await stage.addPanel({ name: 'Notes', state: { text: 'first' } })
  const worker = await stage.worker()
  const origin = await serveGit(worker)
  const { tokenOf } = await createTokenSigner(database.db)
  const urlFor = (user: string) => withPassword(origin, tokenOf(user), stage.workspaceId)
  return { stage, panel, worker, origin, tokenOf, urlFor }
}

const withPassword = (origin: string, password: string, workspaceId: string): string =>
  `${origin.replace('://', `://x:${password}@`)}/git/${workspaceId}.git`

const failureOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it worked',
    (error: { stderr?: string }) => error.stderr ?? String(error),
  )

const newestOf = async ({ git }: Stage): Promise<string> => (await git('rev-parse', 'main')).trim()

describe('a repository over HTTP', () => {
  test('[GIT7] is cloned with an API key of the scope git, for its workspaces, until it is revoked', async () => {
    const { stage, worker, origin } = await servedStage()
    await worker.commitChanged()
    const { db } = database
    const here = [stage.workspaceId]
    const git = await someApiKey(db, ADA, { scopes: ['git'], workspaceIds: here })
    const clone = join(await temporaryFolder(), 'clone')
    await clientGit('clone', '-q', withPassword(origin, git.key, stage.workspaceId), clone)
    expect((await clientGit('-C', clone, 'rev-parse', 'HEAD')).trim()).toBe(await newestOf(stage))

    const all = await someApiKey(db, ADA, { scopes: ['admin'] })
    const elsewhere = await someApiKey(db, ADA, { scopes: ['git'], workspaceIds: [createWorkspaceId()] })
    const foreign = await someApiKey(db, 'eve', { scopes: ['git'] })
    const over = await someApiKey(db, ADA, { scopes: ['git'], expiresAt: new Date(Date.now() - 1_000) })
    await db.deleteFrom('api_keys').where('id', '=', git.id).execute()
    const refs = `${origin}/git/${stage.workspaceId}.git/info/refs?service=git-upload-pack`
    const statusWith = async ({ key }: { readonly key: string }) =>
      (await fetch(refs, { headers: { authorization: `Bearer ${key}` } })).status
    expect(await Promise.all([all, elsewhere, foreign, over].map(statusWith))).toEqual([403, 404, 404, 401])
    await vi.waitFor(async () => expect(await statusWith(git)).toBe(401), SLOW)
  })

  test.each(['0', '1', '2'])('[GIT1] is cloned with all its history, by protocol %s', async (protocol) => {
    const { stage, panel, worker, urlFor } = await servedStage()
    await worker.commitChanged()
    await stage.edit(panel, ADA, (state) => state.set('text', 'second'))
    await worker.commitChanged()
    const clone = join(await temporaryFolder(), 'clone')
    await clientGit('-c', `protocol.version=${protocol}`, 'clone', '-q', urlFor('ada'), clone)
    expect((await clientGit('-C', clone, 'rev-parse', 'HEAD')).trim()).toBe(await newestOf(stage))
    expect((await clientGit('-C', clone, 'rev-list', '--count', 'HEAD')).trim()).toBe('2')
    expect(await readFile(join(clone, `panels/notes-${panel.id.slice(-8)}/state.json`), 'utf8')).toBe(
      '{\n  "text": "second"\n}\n',
    )
    await clientGit('-C', clone, 'fsck', '--strict')
  })

  test('[GIT1] is fetched from where one was, and shallowly; a viewer may', async () => {
    const { stage, panel, worker, urlFor } = await servedStage()
    await worker.commitChanged()
    const folder = await temporaryFolder()
    const [clone, shallow] = [join(folder, 'clone'), join(folder, 'shallow')]
    await clientGit('clone', '-q', urlFor('bob'), clone)
    for (const text of ['second', 'third', 'fourth']) {
      await stage.edit(panel, ADA, (state) => state.set('text', text))
      await worker.commitChanged()
    }
    await clientGit('-C', clone, 'pull', '-q')
    expect((await clientGit('-C', clone, 'rev-parse', 'HEAD')).trim()).toBe(await newestOf(stage))
    await clientGit('clone', '-q', '--depth', '2', urlFor('bob'), shallow)
    expect((await clientGit('-C', shallow, 'rev-list', '--count', 'HEAD')).trim()).toBe('2')
  })

  test('[GIT2] is there for a workspace that has no commit yet: it gets its first', async () => {
    const { stage, urlFor } = await servedStage()
    const clone = join(await temporaryFolder(), 'clone')
    await clientGit('clone', '-q', urlFor('ada'), clone)
    expect((await clientGit('-C', clone, 'rev-parse', 'HEAD')).trim()).toBe(await newestOf(stage))
  })

  test('[GIT3] nobody gets anything without a token that is valid, nor of a workspace that is not theirs', async () => {
    const { stage, worker, origin, tokenOf, urlFor } = await servedStage()
    await worker.commitChanged()
    const refs = `${origin}/git/${stage.workspaceId}.git/info/refs?service=git-upload-pack`
    const without = await fetch(refs)
    expect(without.status).toBe(401)
    expect(without.headers.get('www-authenticate')).toBe('Basic realm="Nexus", charset="UTF-8"')
    const over = tokenOf('ada', { expiresAt: new Date(Date.now() - 60_000) })
    const ended = tokenOf('ada', { sessionId: 'ended' })
    for (const token of ['nonsense', over, ended])
      expect((await fetch(refs, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
    const strange = await failureOf(clientGit('ls-remote', urlFor('eve')))
    const unknown = await failureOf(
      clientGit('ls-remote', withPassword(origin, tokenOf('eve'), createWorkspaceId())),
    )
    for (const said of [strange, unknown]) {
      expect(said).toContain('There is no such repository, or you may not see it.')
      expect(said).toContain('not found')
    }
    expect((await fetch(refs, { headers: { authorization: `Bearer ${tokenOf('bob')}` } })).status).toBe(200)
  })

  test('[GIT3] nobody can push, and git says why', async () => {
    const { stage, worker, urlFor } = await servedStage()
    await worker.commitChanged()
    const clone = join(await temporaryFolder(), 'clone')
    await clientGit('clone', '-q', urlFor('ada'), clone)
    const before = await newestOf(stage)
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
    await clientGit('-C', clone, ...identity, 'commit', '-q', '--allow-empty', '-m', 'mine')
    const said = await failureOf(clientGit('-C', clone, 'push', '-q'))
    expect(said).toContain('This repository is written by the server only.')
    expect(await newestOf(stage)).toBe(before)
  })

  test('[GIT4] hostile requests get an error or a sentence, and hurt nobody', async () => {
    const { stage, worker, origin, tokenOf, urlFor } = await servedStage()
    await worker.commitChanged()
    const authorization = `Bearer ${tokenOf('ada')}`
    const url = `${origin}/git/${stage.workspaceId}.git/git-upload-pack`
    const bodies: [Record<string, string>, Uint8Array<ArrayBuffer>][] = [
      [{}, new Uint8Array()],
      [{}, Buffer.from('0000')],
      [{}, Buffer.from('ffffwant')],
      [{}, Buffer.from(`0032want ${'0'.repeat(40)}\n00000009done\n`)],
      [{ 'git-protocol': 'version=2' }, Buffer.from('0014command=ls-refs\n0000')],
      [{ 'git-protocol': 'version=2:--exec=touch /x' }, Buffer.from('0012command=nothing')],
      [{ 'content-encoding': 'gzip' }, Buffer.from('not packed')],
      [{}, Buffer.alloc(9_000_000, '0001')],
    ]
    for (const [headers, body] of bodies) {
      const answer = await fetch(url, { method: 'POST', body, headers: { authorization, ...headers } })
        .then(async (response) => {
          await response.arrayBuffer()
          return response.status
        })
        .catch(() => 'cut off')
      expect([200, 503, 'cut off']).toContain(answer)
    }
    const clone = join(await temporaryFolder(), 'clone')
    await clientGit('clone', '-q', urlFor('ada'), clone)
    await realGit(stage.repository, 'fsck', '--strict')
  })
})

/** Processes of a group that still run; those that nobody has asked how they ended do not. */
async function runningInGroup(group: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return stats.filter((stat) => {
    const [state, , inGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(inGroup) === group && state !== 'Z'
  })
}

/** A commit of files that git takes long to find differences between. @returns Its hash. */
async function addHeavyCommit({ repository }: Stage): Promise<string> {
  const folder = await temporaryFolder()
  const line = (seed: number): string => Math.sin(seed).toString(36)
  const common = Array.from({ length: 15_000 }, (_, at) => line(at)).join('\n')
  const paths = Array.from({ length: 60 }, (_, at) => join(folder, `f${at}`))
  for (const [at, path] of paths.entries())
    await writeFile(
      path,
      common.slice(at * 100) + Array.from({ length: 4_000 }, (_, n) => line(n * at + 0.5)).join('\n'),
    )
  const git = (input: string, ...args: string[]): string =>
    execFileSync(
      'git',
      ['--git-dir', repository, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args],
      {
        input,
        encoding: 'utf8',
      },
    ).trim()
  const hashes = git(paths.join('\n'), 'hash-object', '-w', '--stdin-paths').split('\n')
  const tree = git(`${hashes.map((hash, at) => `100644 blob ${hash}\tf${at}`).join('\n')}\n`, 'mktree')
  const commit = git('', 'commit-tree', '-m', 'heavy', '-p', 'main', tree)
  git('', 'update-ref', 'refs/heads/main', commit)
  return commit
}

/** The service alone, with a program that the test has in its hands. */
async function serviceWith(options: { program?: GitProgram; maxFetches?: number; timeoutMs?: number }) {
  const { stage, worker, tokenOf } = await servedStage()
  await worker.commitChanged()
  const { db } = database
  const service = createGitService({
    ...createCredentials({ db, fanout: createMemoryFanout() }),
    access: createAccess({ db }),
    program: options.program ?? createGitProgram(),
    gitDir: stage.gitDir,
    maxFetches: options.maxFetches ?? 8,
    timeoutMs: options.timeoutMs ?? 10_000,
    maxAnswerBytes: 100_000_000,
    commit: async () => undefined,
    logger: createLogger({ service: 'snapshots', level: 'silent' }),
  })
  const origin = await serveGit(service)
  return { service, origin, stage, url: withPassword(origin, tokenOf('ada'), stage.workspaceId), tokenOf }
}

/** A fetch whose body never ends, so that git waits for more. */
function endlessFetch(origin: string, workspaceId: string, token: string) {
  const request = httpRequest(`${origin}/git/${workspaceId}.git/git-upload-pack`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'transfer-encoding': 'chunked' },
  })
  const ended = new Promise<string>((resolve) => {
    request.once('response', (response) => {
      response.once('close', () => resolve(`answer ${response.statusCode}`))
      response.resume()
    })
    request.once('error', () => resolve('cut off'))
  })
  // Half a length.
  request.write('00')
  return { leave: () => request.destroy(), ended }
}

describe('the limits of what is served', () => {
  test('[GIT5] so many at once, of one user half; who goes away makes room, and takes the program along', async () => {
    const started: NonNullable<ReturnType<GitProgram['start']>>[] = []
    const real = createGitProgram()
    const program: GitProgram = {
      ...real,
      start: (...args) => {
        const child = real.start(...args)
        started.push(child)
        return child
      },
    }
    const { service, origin, stage, url, tokenOf } = await serviceWith({ program, maxFetches: 2 })
    const waiting = endlessFetch(origin, stage.workspaceId, tokenOf('ada'))
    await vi.waitFor(() => expect(started).toHaveLength(1), SLOW)
    const refused = await fetch(`${origin}/git/${stage.workspaceId}.git/info/refs?service=git-upload-pack`, {
      headers: { authorization: `Bearer ${tokenOf('ada')}` },
    })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await clientGit('ls-remote', url.replace(/x:.*@/, `x:${tokenOf('bob')}@`))).toContain(
      'refs/heads/main',
    )
    waiting.leave()
    await vi.waitFor(() => expect(service.running).toBe(0), SLOW)
    expect(started.every((child) => child.exitCode !== null || child.signalCode !== null)).toBe(true)
    expect(await clientGit('ls-remote', url)).toContain('refs/heads/main')
  })

  test('[GIT5] who goes away takes along what git has started, and a packed request holds no place', async () => {
    const started: ChildProcess[] = []
    const real = createGitProgram()
    const program: GitProgram = {
      ...real,
      start: (...args) => {
        const child = real.start(...args)
        started.push(child)
        return child
      },
    }
    const { service, origin, stage, tokenOf } = await serviceWith({ program })
    const head = await addHeavyCommit(stage)
    const packet = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text
    const want = [packet('no-progress\n'), packet('ofs-delta\n'), packet(`want ${head}\n`), packet('done\n')]
    const body = `${packet('command=fetch\n')}0001${want.join('')}0000`
    /** Goes when git is at work for it, and a moment later. */
    const leave = async (headers: Record<string, string>, sent: string | Buffer): Promise<void> => {
      const before = started.length
      const request = httpRequest(`${origin}/git/${stage.workspaceId}.git/git-upload-pack`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokenOf('ada')}`, 'git-protocol': 'version=2', ...headers },
      })
      request.on('error', () => undefined)
      if (typeof sent === 'string') request.end(sent)
      else request.write(sent)
      await vi.waitFor(() => expect(started.length).toBeGreaterThan(before), SLOW)
      await new Promise((resolve) => setTimeout(resolve, 200))
      request.destroy()
    }
    await leave({}, body)
    await leave({ 'content-encoding': 'gzip' }, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]))
    await vi.waitFor(() => expect(service.running).toBe(0), SLOW)
    expect(started).toHaveLength(2)
    for (const { pid } of started) expect(await runningInGroup(pid ?? 0)).toEqual([])
  })

  test('[GIT1] an answer is whole when the end of the request comes after it', async () => {
    const { origin, stage, tokenOf } = await serviceWith({})
    const text = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(
        `${origin}/git/${stage.workspaceId}.git/git-upload-pack`,
        {
          method: 'POST',
          headers: {
            authorization: `Bearer ${tokenOf('ada')}`,
            'git-protocol': 'version=2',
            'transfer-encoding': 'chunked',
          },
        },
        (response) => {
          let said = ''
          response.on('data', (part) => {
            said += part
          })
          response.once('end', () => resolve(said)).once('error', reject)
        },
      )
      request.once('error', reject)
      request.write('0014command=ls-refs\n0000')
      setTimeout(() => request.end(), 400)
    })
    expect(text).toContain('refs/heads/main')
  })

  test('[GIT5] what takes too long is cut off', async () => {
    const { service, origin, stage, tokenOf } = await serviceWith({ timeoutMs: 300 })
    const began = performance.now()
    expect(await endlessFetch(origin, stage.workspaceId, tokenOf('ada')).ended).toMatch(/cut off|503/)
    expect(performance.now() - began).toBeGreaterThan(250)
    await vi.waitFor(() => expect(service.running).toBe(0), SLOW)
  })

  test('[GIT6] without a git program on the server, git is told so in words', async () => {
    const program: GitProgram = {
      ...createGitProgram(),
      version: async () => null,
      start: () => {
        throw new Error('There is no git.')
      },
    }
    const { url } = await serviceWith({ program })
    expect(await failureOf(clientGit('ls-remote', url))).toContain('has no git program')
  })
})

test('[GIT3] a stranger is told the same in the same way as nobody is told of what is not there', async () => {
  const { origin, tokenOf, stage } = await servedStage()
  const headers = { authorization: `Bearer ${tokenOf(toUserId('eve'))}` }
  const [foreign, absent] = await Promise.all(
    [stage.workspaceId, createWorkspaceId()].map(async (id) => {
      const answer = await fetch(`${origin}/git/${id}.git/info/refs?service=git-upload-pack`, { headers })
      return { status: answer.status, text: await answer.text() }
    }),
  )
  expect(foreign).toEqual(absent)
})
