import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isNexusError, type UserId, type WorkspaceId } from '@nexus/core'
import {
  type Access,
  type Credentials,
  type Logger,
  type VerifiedCaller,
  verifyCaller,
} from '@nexus/core/server'
import { readCommitDiff } from '../git/commit-diff.ts'
import type { GitProgram } from '../git/git-program.ts'
import { BRANCH, repositoryPath } from '../git/repository.ts'
import { type GitRequest, parseGitRequest } from './git-request.ts'
import { tokenOf } from './token-of.ts'
import { advertise, fetchPack } from './upload-pack.ts'

interface GitServiceParts extends Credentials {
  readonly access: Access
  readonly program: GitProgram
  readonly gitDir: string
  readonly maxFetches: number
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
  /** Makes the first commit of a workspace that has none yet. */
  readonly commit: (workspaceId: WorkspaceId) => Promise<void>
  readonly logger: Logger
}

/** Serves `git clone` and `git fetch` of workspaces, below `/git/`; nobody can push. */
export interface GitService {
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  /** Fetches under way. */
  readonly running: number
}

/** How long a clone waits for the first commit of its workspace, when others come before it. */
const FIRST_COMMIT_MS = 15_000

/** Said in plain text, because git shows its user that and nothing else. */
interface Refusal {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

const UNKNOWN: Refusal = { status: 404, text: 'There is no such repository, or you may not see it.' }
const READ_ONLY: Refusal = {
  status: 403,
  text: 'This repository is written by the server only. Change the workspace itself, in the studio or by its API.',
}
const NO_PROGRAM: Refusal = {
  status: 503,
  text: 'The server has no git program to serve this with; its operator has to install one.',
}
const BUSY: Refusal = {
  status: 503,
  text: 'The server is busy with other fetches; try again in a moment.',
  headers: { 'retry-after': '5' },
}
const FAILED: Refusal = {
  status: 503,
  text: 'The repository cannot be read at the moment; try again.',
  headers: { 'retry-after': '5' },
}
const whoAreYou = (text: string): Refusal => ({
  status: 401,
  text,
  headers: { 'www-authenticate': 'Basic realm="Nexus", charset="UTF-8"' },
})

export function createGitService(parts: GitServiceParts): GitService {
  const perUser = new Map<UserId, number>()
  let running = 0

  const enter = (userId: UserId): boolean => {
    const own = perUser.get(userId) ?? 0
    if (running >= parts.maxFetches || own >= Math.ceil(parts.maxFetches / 2)) return false
    running += 1
    perUser.set(userId, own + 1)
    return true
  }
  const leave = (userId: UserId): void => {
    running -= 1
    const own = (perUser.get(userId) ?? 1) - 1
    if (own === 0) perUser.delete(userId)
    else perUser.set(userId, own)
  }

  /** @returns `null` when it has been answered. */
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<Refusal | null> {
    const asked = parseGitRequest(request.method ?? '', request.url ?? '')
    if (asked === null) return UNKNOWN
    const caller = await callerOf(parts, request)
    if ('status' in caller) return caller
    const refusal = await refusalFor(parts.access, caller, asked)
    if (refusal !== null) return refusal
    if (asked.kind === 'push') return READ_ONLY
    if ((await parts.program.version()) === null) return NO_PROGRAM
    if (!enter(caller.userId)) return BUSY
    try {
      return await answerTo(parts, asked, request, response)
    } finally {
      leave(caller.userId)
    }
  }

  return {
    handleRequest(request, response) {
      void serve(request, response)
        .catch((error: unknown) => {
          if (!request.destroyed || !response.destroyed)
            parts.logger.warn({ err: error }, 'a repository could not be served')
          return FAILED
        })
        .then((refusal) => {
          if (refusal === null) return
          if (response.headersSent) response.destroy()
          else refuse(request, response, refusal)
        })
    },
    get running() {
      return running
    },
  }
}

/** What a commit changed is read by the API for whoever may read the workspace; its repository needs a key for Git. */
async function refusalFor(
  access: Access,
  caller: VerifiedCaller,
  { kind, workspaceId }: GitRequest,
): Promise<Refusal | null> {
  try {
    const isAllowed =
      kind === 'diff'
        ? (await access.workspaceAccess(caller, workspaceId)) !== null
        : await access.mayClone(caller, workspaceId)
    return isAllowed ? null : UNKNOWN
  } catch (error) {
    if (isNexusError(error, 'forbidden')) return { status: 403, text: error.message }
    throw error
  }
}

async function callerOf(
  credentials: Credentials,
  request: IncomingMessage,
): Promise<VerifiedCaller | Refusal> {
  const token = tokenOf(request.headers.authorization)
  if (token === null)
    return whoAreYou('Send an API key (or an access token) as the password; the user’s name does not matter.')
  try {
    return await verifyCaller(credentials, token)
  } catch (error) {
    if (isNexusError(error, 'unauthorized')) return whoAreYou(error.message)
    throw error
  }
}

async function answerTo(
  parts: GitServiceParts,
  asked: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Refusal | null> {
  const { kind, workspaceId } = asked
  const repository = repositoryPath(parts.gitDir, workspaceId)
  const gone = whenGone(response)
  if (kind === 'advertise' && !hasCommits(repository))
    await Promise.race([
      parts.commit(workspaceId),
      pause(Math.min(FIRST_COMMIT_MS, parts.timeoutMs), null, { ref: false, signal: gone }),
    ])
  if (!hasCommits(repository)) return FAILED
  if (asked.kind === 'diff') {
    const { program } = parts
    const diff = await readCommitDiff({ program, repository, hash: asked.hash, signal: gone })
    if (diff === null) return UNKNOWN
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(diff))
    return null
  }
  const answer = kind === 'advertise' ? advertise : fetchPack
  await answer({ ...parts, repository }, request, response)
  return null
}

function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  if (response.destroyed) gone.abort()
  response.once('close', () => gone.abort())
  return gone.signal
}

const hasCommits = (repository: string): boolean =>
  existsSync(join(repository, 'refs', 'heads', BRANCH)) || existsSync(join(repository, 'packed-refs'))

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, text, headers }: Refusal,
): void {
  // What comes of a body is not read; the connection is not used again.
  if (request.method === 'POST') response.setHeader('connection', 'close')
  response.writeHead(status, {
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(`${text}\n`)
}
