import type { ChildProcess } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { endGroup, type GitProgram } from '../git/git-program.ts'

/** What a fetch sends, unpacked: which commits it wants and has. A million of them are 50 MB. */
const MAX_REQUEST_BYTES = 8_000_000
/** Of what the program says when something is wrong. */
const MAX_ERROR_CHARS = 2_000

interface UploadPack {
  readonly program: Pick<GitProgram, 'start'>
  /** Path of the bare repository. */
  readonly repository: string
  /** Longest time for all of it, ms. */
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
}

/** Said before every advertisement of the first protocol; a packet is its length in four hex digits, and its content. */
const ANNOUNCEMENT = '001e# service=git-upload-pack\n0000'

/**
 * Answers `GET …/info/refs?service=git-upload-pack`.
 *
 * @throws When the program fails before or while it answers; the answer is then cut off.
 */
export async function advertise(
  parts: UploadPack,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const protocol = protocolOf(request)
  const before = protocol === 'version=2' ? '' : ANNOUNCEMENT
  begin(response, 'application/x-git-upload-pack-advertisement')
  await run(parts, { args: ['--advertise-refs'], protocol, request, hasInput: false, before, response })
}

/** Answers `POST …/git-upload-pack`. @throws As {@link advertise}, and when too much is sent. */
export async function fetchPack(
  parts: UploadPack,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  begin(response, 'application/x-git-upload-pack-result')
  const protocol = protocolOf(request)
  await run(parts, { args: [], protocol, request, hasInput: true, before: '', response })
}

function begin(response: ServerResponse, contentType: string): void {
  response.setHeader('content-type', contentType)
  response.setHeader('cache-control', 'no-store')
}

/** Which of the protocols the client speaks; whatever else it says is not handed on. */
function protocolOf({ headers }: IncomingMessage): string {
  const given = headers['git-protocol']
  return typeof given === 'string' && /^version=[012]$/.test(given) ? given : ''
}

interface Run {
  readonly args: readonly string[]
  readonly protocol: string
  readonly request: IncomingMessage
  /** The body is for the program. */
  readonly hasInput: boolean
  /** Goes before what the program says. */
  readonly before: string
  readonly response: ServerResponse
}

async function run(parts: UploadPack, asked: Run): Promise<void> {
  const { args, protocol, request, hasInput, before, response } = asked
  const { program, repository, timeoutMs, maxAnswerBytes } = parts
  if (request.destroyed || response.destroyed) throw new Error('The client has gone.')
  const child = program.start(
    ['upload-pack', '--strict', '--stateless-rpc', ...args, repository],
    protocol === '' ? {} : { GIT_PROTOCOL: protocol },
  )
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('git has no pipes.')
  const end = (): void => endGroup(child)
  const limit = setTimeout(end, timeoutMs)
  response.once('close', end)
  const ended = endOf(child)
  // What it could not be told is its own affair when it has ended well.
  feed(hasInput ? request : null, stdin).catch(end)
  try {
    // Not ended before the program has said that this was all: what breaks off must not look whole.
    const sent = pipeline(stdout, atMost(maxAnswerBytes, before), response, { end: false })
    await Promise.all([sent, ended])
    response.end()
  } finally {
    clearTimeout(limit)
    response.off('close', end)
    end()
    await ended.catch(() => undefined)
  }
}

/** A program that has said all it has to say may close its ears before it has heard everything. */
async function feed(request: IncomingMessage | null, stdin: NodeJS.WritableStream): Promise<void> {
  if (request === null) {
    stdin.on('error', () => undefined)
    stdin.end()
    return
  }
  const isPacked = /^(x-)?gzip$/.test(request.headers['content-encoding'] ?? '')
  const told = isPacked
    ? pipeline(request as Readable, createGunzip(), atMost(MAX_REQUEST_BYTES), stdin)
    : pipeline(request as Readable, atMost(MAX_REQUEST_BYTES), stdin)
  await told.catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  })
}

function endOf(child: ChildProcess): Promise<void> {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < MAX_ERROR_CHARS) said += chunk.toString('utf8').slice(0, MAX_ERROR_CHARS)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    // When nobody has its pipes any more: those it has started are gone too.
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`git upload-pack ended with ${code ?? 'a signal'}: ${said.trim()}`))
    })
  })
}

/** Hands on what it is given, and throws when it becomes too much. */
const atMost = (maxBytes: number, before = '') =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0
    for await (const chunk of source) {
      if (bytes === 0 && before !== '') yield Buffer.from(before)
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw new Error(`More than ${maxBytes} bytes.`)
      yield chunk
    }
  }
