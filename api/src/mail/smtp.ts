import { createTransport } from 'nodemailer'
import type { DeliverMail, Mail } from './mailer.ts'

/** A server that answers later than this has not taken the mail, ms. */
const TIMEOUT_MS = 20_000

/** Nothing in a mail is a file or an address to load, whatever is in it. */
const NO_LOADING = { disableFileAccess: true, disableUrlAccess: true }

/** @param from - Address with or without a name, as in RFC 5322. */
export function createSmtpDelivery({
  url,
  from,
}: {
  readonly url: string
  readonly from: string
}): DeliverMail {
  const transport = createTransport({
    url,
    ...NO_LOADING,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
  })
  return async (mail) => {
    await transport.sendMail(toMessage(mail, from))
  }
}

/** @returns The mail as it would go over the wire, RFC 5322. */
export async function composeMail(mail: Mail, from: string): Promise<string> {
  const transport = createTransport({ streamTransport: true, buffer: true, ...NO_LOADING })
  const { message } = await transport.sendMail(toMessage(mail, from))
  return String(message)
}

const toMessage = ({ to, subject, text, html }: Mail, from: string) => ({
  from,
  // As an object, so that it is one address whatever it looks like.
  to: { name: '', address: to },
  subject,
  text,
  ...(html === undefined ? {} : { html }),
  headers: { 'Auto-Submitted': 'auto-generated' },
})
