import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createOpaqueId } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { DeliverMail } from './mailer.ts'
import { composeMail } from './smtp.ts'

/** Older files go. */
const MAX_FILES = 500

interface MailFilesOptions {
  readonly folder: string
  readonly from: string
  readonly logger: Logger
}

/**
 * For an installation without a mail server, on one's own machine: each mail becomes a file that only its owner can read,
 * and its text is shown in the log, so that whoever runs it can follow the link.
 */
export function createMailFiles({ folder, from, logger }: MailFilesOptions): DeliverMail {
  return async (mail) => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Ids grow with time, and so do the names.
    const file = join(folder, `${createOpaqueId()}.eml`)
    await writeFile(file, await composeMail(mail, from), { mode: 0o600 })
    // As lines: a link that ends with its line can be clicked.
    const lines = mail.text.split('\n').filter((line) => line !== '')
    logger.warn(
      { to: mail.to, subject: mail.subject, lines, file },
      'SMTP_URL is not set: this mail was written to a file',
    )
    await removeOldest(folder)
  }
}

async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml')).toSorted()
  for (const name of names.slice(0, -MAX_FILES)) await rm(join(folder, name), { force: true })
}
