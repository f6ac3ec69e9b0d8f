import type { ChildProcess } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { GitProgram } from '../git/git-program.ts'

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
  await run(parts, { args: ['--advertise-refs'], protocol, input: null, before, response })
}

/** Answers `POST …/git-upload-pack`. @throws As {@link advertise}, and when too much is sent. */
export async function fetchPack(
  parts: UploadPack,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  begin(response, 'application/x-git-upload-pack-result')
  const isPacked = /^(x-)?gzip$/.test(request.headers['content-encoding'] ?? '')
  const input = isPacked ? request.pipe(createGunzip()) : request
  await run(parts, { args: [], protocol: protocolOf(request), input, before: '', response })
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
  readonly input: Readable | null
  /** Goes before what the program says. */
  readonly before: string
  readonly response: ServerResponse
}

async function run(parts: UploadPack, { args, protocol, input, before, response }: Run): Promise<void> {
  const { program, repository, timeoutMs, maxAnswerBytes } = parts
  const child = program.start(
    ['upload-pack', '--strict', '--stateless-rpc', ...args, repository],
    protocol === '' ? {} : { GIT_PROTOCOL: protocol },
  )
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('git has no pipes.')
  const kill = (): void => void child.kill('SIGKILL')
  const limit = setTimeout(kill, timeoutMs)
  response.once('close', kill)
  const ended = endOf(child)
  const fed = feed(input, stdin)
  try {
    // Not ended before the program has said that this was all: what breaks off must not look whole.
    const sent = pipeline(stdout, atMost(maxAnswerBytes, before), response, { end: false })
    await Promise.all([sent, fed, ended])
    response.end()
  } finally {
    clearTimeout(limit)
    kill()
    await ended.catch(() => undefined)
  }
}

/** A program that has said all it has to say may close its ears before it has heard everything. */
async function feed(input: Readable | null, stdin: NodeJS.WritableStream): Promise<void> {
  if (input === null) {
    stdin.on('error', () => undefined)
    stdin.end()
    return
  }
  await pipeline(input, atMost(MAX_REQUEST_BYTES), stdin).catch((error: unknown) => {
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
