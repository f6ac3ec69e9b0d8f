import { NexusError } from '@nexus/core'
import type { Logger, Metrics } from '@nexus/core/server'
import type { ApiOptions } from '../config.ts'
import { createMailFiles } from './mail-files.ts'
import { createMailQueue, type MailQueue } from './mail-queue.ts'
import type { Mailer } from './mailer.ts'
import { createSmtpDelivery } from './smtp.ts'

/** Where an installation is that nobody has given an address to, and where its mails go without a mail server. */
export interface OwnMachine {
  /** Asked when a link is written. */
  readonly origin: () => string
  readonly mailFolder: string
}

interface MailerOptions {
  readonly options: Pick<ApiOptions, 'SMTP_URL' | 'MAIL_FROM' | 'PUBLIC_URL'>
  /** `null`: there are other processes, on other machines. */
  readonly ownMachine: OwnMachine | null
  readonly logger: Logger
  readonly metrics: Metrics
}

export interface OpenMailer extends Mailer {
  /** One word, for the readiness probe. */
  readonly condition: 'ok' | 'failing' | 'not configured'
  drain(): Promise<void>
  close(): void
}

/** Mails go to `SMTP_URL`; without it into files of one's own machine; without that, they are refused. */
export function openMailer(given: MailerOptions): OpenMailer {
  const { options, ownMachine, logger } = given
  const problem = problemOf(options, ownMachine)
  if (problem !== null) {
    logger.warn(`No e-mail is sent: ${problem}`)
    return createRefusingMailer(problem)
  }
  const queue = openQueue(given)
  return {
    problem: null,
    send: queue.send,
    linkTo: (path) => (options.PUBLIC_URL ?? ownMachine?.origin() ?? '').replace(/\/+$/, '') + path,
    get condition() {
      return queue.isFailing ? 'failing' : 'ok'
    },
    drain: queue.drain,
    close: queue.close,
  }
}

function problemOf(options: MailerOptions['options'], ownMachine: OwnMachine | null): string | null {
  if (ownMachine !== null) return null
  if (options.SMTP_URL === null) return 'SMTP_URL is not set.'
  // The address a client asks at cannot be trusted to stand in a mail.
  return options.PUBLIC_URL === null ? 'PUBLIC_URL is not set, and links need it.' : null
}

function openQueue({ options, ownMachine, logger, metrics }: MailerOptions): MailQueue {
  const from = options.MAIL_FROM ?? `Nexus <nexus@${hostOf(options.PUBLIC_URL)}>`
  const { SMTP_URL: url } = options
  const deliver =
    url !== null
      ? createSmtpDelivery({ url, from })
      : createMailFiles({ folder: ownMachine?.mailFolder ?? '', from, logger })
  return createMailQueue({ deliver, logger, metrics })
}

const hostOf = (url: string | null): string =>
  URL.canParse(url ?? '') ? new URL(url ?? '').hostname : 'localhost'

function createRefusingMailer(problem: string): OpenMailer {
  const refuse = (): never => {
    throw new NexusError(
      'mail_not_configured',
      'This installation sends no e-mail. Whoever runs it can set SMTP_URL and PUBLIC_URL.',
    )
  }
  return {
    problem,
    send: refuse,
    linkTo: refuse,
    condition: 'not configured',
    drain: () => Promise.resolve(),
    close: () => undefined,
  }
}
