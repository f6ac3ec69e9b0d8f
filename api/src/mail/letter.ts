import type { Mail } from './mailer.ts'

interface Letter {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** Where the reader is to go. */
  readonly link: { readonly label: string; readonly url: string }
  /** Below the link, smaller. */
  readonly remarks: readonly string[]
}

/** One letter as plain text and as simple HTML. Nothing that is given can become markup. */
export function writeLetter({ subject, paragraphs, link, remarks }: Letter): Omit<Mail, 'to'> {
  const text = [...paragraphs, link.url, ...remarks].join('\n\n')
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    `<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`,
    ...remarks.map((remark) => `<p><small>${escapeHtml(remark)}</small></p>`),
  ].join('\n')
  return { subject, text: `${text}\n`, html }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (found) => ENTITIES[found] ?? '')
