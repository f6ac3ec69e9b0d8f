import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

export const newMailFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'nexus-mail-'))

interface MailText {
  readonly to: string
  readonly subject: string
  /** The whole message, quoted-printable undone. */
  readonly text: string
  /** Behind the `#` of the first link; empty without one. */
  readonly token: string
}

/** What has been written so far, oldest first. */
export async function readMails(folder: string): Promise<MailText[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml')).toSorted()
  return Promise.all(names.map(async (name) => parseMail(await readFile(join(folder, name), 'utf8'))))
}

/** Waits until `count` mails have been written to `to`. @returns The newest of them. */
export async function mailTo(folder: string, to: string, count = 1): Promise<MailText> {
  return vi.waitFor(
    async () => {
      const own = (await readMails(folder)).filter((mail) => mail.to === to)
      const newest = own.at(count - 1)
      if (newest === undefined) throw new Error(`${to} has ${own.length} of ${count} mails.`)
      return newest
    },
    { timeout: 5_000, interval: 20 },
  )
}

function parseMail(message: string): MailText {
  const text = message
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
  return {
    to: header('To'),
    subject: header('Subject'),
    text,
    token: /https?:\/\/\S+#([\w-]+)/.exec(text)?.[1] ?? '',
  }
}
