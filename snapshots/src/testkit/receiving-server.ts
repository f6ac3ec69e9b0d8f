import { execFile, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)
const ENVIRONMENT = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }

/** A Git server as others run it, the real one by CGI, that takes pushes of who says the password. */
export async function startReceivingServer(password: string) {
  const folder = await temporaryFolder()
  const headers: (string | undefined)[] = []
  let redirectTo: string | null = null
  const server = createServer((request, response) => {
    headers.push(request.headers.authorization)
    if (redirectTo !== null) return void response.writeHead(302, { location: redirectTo + request.url }).end()
    const wanted = `Basic ${Buffer.from(`nexus:${password}`).toString('base64')}`
    if (request.headers.authorization !== wanted)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('no')
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const cgi = spawn('git', ['http-backend'], {
      env: {
        ...ENVIRONMENT,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? '',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        REMOTE_USER: 'nexus',
      },
    })
    request.pipe(cgi.stdin)
    const parts: Buffer[] = []
    cgi.stdout.on('data', (part: Buffer) => void parts.push(part))
    cgi.once('close', () => {
      const answer = Buffer.concat(parts)
      const end = answer.indexOf('\r\n\r\n')
      for (const line of answer.subarray(0, end).toString('utf8').split('\r\n')) {
        const [name = '', value = ''] = line.split(': ')
        if (name.toLowerCase() === 'status') response.statusCode = Number(value.slice(0, 3))
        else if (name !== '') response.setHeader(name, value)
      }
      response.end(answer.subarray(end + 4))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const git = async (name: string, ...args: string[]): Promise<string> =>
    (await run('git', ['--git-dir', join(folder, name), ...args], { env: ENVIRONMENT })).stdout
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What requests had as `Authorization`, oldest first. */
    headers,
    redirect: (to: string | null) => {
      redirectTo = to
    },
    /** Makes an empty repository, as somebody does who expects pushes. */
    create: async (name: string): Promise<void> => {
      await run('git', ['init', '-q', '--bare', '-b', 'main', join(folder, name)], { env: ENVIRONMENT })
      await git(name, 'config', 'http.receivepack', 'true')
    },
    git,
  }
}
