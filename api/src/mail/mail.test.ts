import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogger, createUnreadMetrics } from '@nexus/core/server'
import { expect, test, vi } from 'vitest'
import { apiFallbacks } from '../config.ts'
import { newMailFolder, readMails } from '../testkit/read-mails.ts'
import { startSmtpServer } from '../testkit/smtp-server.ts'
import { writeLetter } from './letter.ts'
import { createMailQueue } from './mail-queue.ts'
import { openMailer } from './open-mailer.ts'
import { createSmtpDelivery } from './smtp.ts'

const silent = createLogger({ service: 'api', level: 'silent' })
const metrics = createUnreadMetrics()
const MAIL = { to: 'ann@example.org', subject: 'Hello', text: 'Good morning' }

/** A queue that hands over to a mail server which refuses the first tries. */
async function queueTo(refusals: readonly string[] = []) {
  const server = await startSmtpServer(refusals)
  const deliver = createSmtpDelivery({ url: server.url, from: 'Nexus <nexus@example.org>' })
  const queue = createMailQueue({ deliver, logger: silent, metrics, pausesMs: [5, 5, 5] })
  return { server, queue }
}

test('[MAIL1] a mail goes to the server without the sender waiting, and again after a refusal that may pass', async () => {
  const { server, queue } = await queueTo(['451 later', '421 later'])
  expect(queue.send(MAIL)).toBeUndefined()
  await vi.waitFor(() => expect(server.mails).toHaveLength(1))
  expect(server.tryCount).toBe(3)
  expect(server.mails[0]).toMatchObject({ from: 'nexus@example.org', recipients: ['ann@example.org'] })
  expect(server.mails[0]?.message).toContain('Subject: Hello')
})

test('[MAIL1] a refusal for good is not tried again', async () => {
  const { server, queue } = await queueTo(['550 nobody'])
  queue.send(MAIL)
  queue.send({ ...MAIL, subject: 'second' })
  await queue.drain()
  expect(server.tryCount).toBe(2)
  expect(server.mails).toHaveLength(1)
})

test('[MAIL2] on one’s own machine mails are files only their owner reads, and their text is in the log', async () => {
  const mailFolder = join(await newMailFolder(), 'mail')
  const lines: string[] = []
  const mailer = openMailer({
    options: { ...apiFallbacks(), SMTP_URL: null },
    ownMachine: { origin: () => 'http://localhost:4000', mailFolder },
    logger: createLogger({ service: 'api', level: 'warn', to: { write: (line) => void lines.push(line) } }),
    metrics,
  })
  const link = mailer.linkTo('/reset-password#abc')
  mailer.send({ ...MAIL, text: `Go here:\n\n${link}\n` })
  await mailer.drain()
  const [name = ''] = readdirSync(mailFolder)
  expect((await stat(join(mailFolder, name))).mode & 0o777).toBe(0o600)
  expect((await stat(mailFolder)).mode & 0o777).toBe(0o700)
  expect((await readMails(mailFolder))[0]).toMatchObject({ to: MAIL.to, subject: 'Hello', token: 'abc' })
  expect(lines.join('')).toContain('"http://localhost:4000/reset-password#abc"')
})

test.each([
  [{ SMTP_URL: null, PUBLIC_URL: 'https://nexus.example.org' }],
  [{ SMTP_URL: 'smtp://127.0.0.1:1', PUBLIC_URL: null }],
])(
  '[MAIL3] without %o a process among others refuses mails, and says so in the log and to the probe',
  (given) => {
    const lines: string[] = []
    const logger = createLogger({
      service: 'api',
      level: 'warn',
      to: { write: (line) => void lines.push(line) },
    })
    const mailer = openMailer({ options: { ...apiFallbacks(), ...given }, ownMachine: null, logger, metrics })
    expect(() => mailer.send(MAIL)).toThrow(expect.objectContaining({ code: 'mail_not_configured' }))
    expect(() => mailer.linkTo('/x')).toThrow(expect.objectContaining({ code: 'mail_not_configured' }))
    expect(mailer.condition).toBe('not configured')
    expect(lines.join('')).toContain('is not set')
  },
)

test('[MAIL4] no text can add a header, a recipient or markup', async () => {
  const { server, queue } = await queueTo()
  const name = 'Eve\r\nBcc: all@example.org\r\n\r\n<b>'
  const link = { label: 'Go', url: 'https://nexus.example.org/x#"><script>' }
  const letter = writeLetter({ subject: `From ${name}`, paragraphs: [name], link, remarks: [name] })
  queue.send({ ...letter, to: 'ann@example.org' })
  queue.send({ ...letter, to: 'ann@example.org, eve@example.org' })
  queue.send({ ...letter, to: 'ann@example.org>\r\nRCPT TO:<eve@example.org' })
  await queue.drain()
  expect(server.mails[0]?.recipients).toEqual(['ann@example.org'])
  for (const { message, recipients } of server.mails) {
    expect(recipients).toHaveLength(1)
    const [head = ''] = message.split('\r\n\r\n')
    expect(head).toMatch(/^Subject: From Eve Bcc/m)
    expect(head).not.toMatch(/^bcc:/im)
  }
  expect(letter.html).not.toMatch(/<b>|<script>/)
  expect(letter.html).toContain('&lt;b&gt;')
})

test('[MAIL5] a thousand mails may wait, and the next one is refused', async () => {
  const { queue } = await queueTo(Array(2_000).fill('451 later'))
  for (let index = 0; index < 1_000; index += 1) queue.send(MAIL)
  expect(() => queue.send(MAIL)).toThrow(expect.objectContaining({ code: 'unavailable' }))
  queue.close()
})

test('[MAIL6] draining tries what waits once more, and does not wait for a better day', async () => {
  const server = await startSmtpServer(['451 later'])
  const deliver = createSmtpDelivery({ url: server.url, from: 'nexus@example.org' })
  const queue = createMailQueue({ deliver, logger: silent, metrics, pausesMs: [600_000] })
  queue.send(MAIL)
  await vi.waitFor(() => expect(queue.isFailing).toBe(true))
  await queue.drain()
  expect(server.mails).toHaveLength(1)
})
