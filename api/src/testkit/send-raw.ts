import { request as httpRequest, type IncomingMessage } from 'node:http'

export interface RawAnswer {
  readonly status: number
  readonly type: string
  readonly text: string
}

interface RawRequest {
  readonly method: string
  /** As it stands on the wire, escaped or not. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer | null
  /** Send the body in chunks, without its length. */
  readonly isChunked: boolean
}

/** One request byte for byte. A stream is let go after its head. */
export function sendRaw(
  url: string,
  { method, path, headers, body, isChunked }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const framing: Record<string, string> =
    body === null
      ? {}
      : isChunked
        ? { 'transfer-encoding': 'chunked' }
        : { 'content-length': String(body.byteLength) }
  return new Promise((resolve, reject) => {
    let answer: Promise<RawAnswer> | null = null
    const request = httpRequest(
      { hostname, port, method, path, headers: { ...headers, ...framing } },
      (response) => {
        answer = readAnswer(response)
        answer.then(resolve, reject)
      },
    )
    // A server that has answered already need not read the rest of a body.
    request.on('error', (error) => {
      if (answer === null) reject(error)
    })
    request.end(body ?? undefined)
  })
}

async function readAnswer(response: IncomingMessage): Promise<RawAnswer> {
  const status = response.statusCode ?? 0
  const type = response.headers['content-type'] ?? ''
  if (type.startsWith('text/event-stream')) {
    response.destroy()
    return { status, type, text: '' }
  }
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) text += chunk
  return { status, type, text }
}
