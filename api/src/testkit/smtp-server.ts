import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { afterEach } from 'vitest'

interface ReceivedMail {
  readonly from: string
  readonly recipients: readonly string[]
  /** Head and body, RFC 5322. */
  readonly message: string
}

interface SmtpServer {
  readonly url: string
  readonly mails: readonly ReceivedMail[]
  /** Every conversation that came to a MAIL command, refused ones too. */
  readonly tryCount: number
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/**
 * A mail server that keeps what it is given, until the test ends.
 *
 * @param refusals - Replies to the first MAIL commands; afterwards everything is taken.
 */
export async function startSmtpServer(refusals: readonly string[] = []): Promise<SmtpServer> {
  const mails: ReceivedMail[] = []
  const left = [...refusals]
  let tryCount = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let waiting = ''
    let mail = { from: '', recipients: [] as string[], message: '' }
    let isData = false
    const reply = (line: string) => socket.write(`${line}\r\n`)
    const obey = (line: string): void => {
      if (isData) {
        if (line !== '.') {
          mail.message += `${line.replace(/^\.\./, '.')}\r\n`
          return
        }
        isData = false
        mails.push(mail)
        reply('250 taken')
        return
      }
      const [, from] = /^MAIL FROM:<(.*?)>/i.exec(line) ?? []
      const [, to] = /^RCPT TO:<(.*?)>/i.exec(line) ?? []
      if (from !== undefined) {
        tryCount += 1
        mail = { from, recipients: [], message: '' }
        reply(left.shift() ?? '250 ok')
      } else if (to !== undefined) {
        mail.recipients.push(to)
        reply('250 ok')
      } else if (/^DATA/i.test(line)) {
        isData = true
        reply('354 go on')
      } else reply(/^QUIT/i.test(line) ? '221 bye' : '250 ok')
    }
    reply('220 test')
    socket.on('data', (chunk) => {
      const lines = (waiting + chunk.toString('utf8')).split('\r\n')
      waiting = lines.pop() ?? ''
      for (const line of lines) obey(line)
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    get tryCount() {
      return tryCount
    },
  }
}
