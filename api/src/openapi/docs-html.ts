/** Names up to so many characters stay on one line; longer ones must be broken on a phone. */
const MAX_UNBROKEN_CHARS = 32

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

export const codeHtml = (text: string): string =>
  `<code${text.length > MAX_UNBROKEN_CHARS ? ' class="long"' : ''}>${escapeHtml(text)}</code>`

/** What is between backticks is code. */
export const textHtml = (text: string): string =>
  text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 0 ? escapeHtml(part) : codeHtml(part)))
    .join('')

/** A path may be broken before its slashes, and nowhere else. */
export const pathHtml = (method: string, path: string): string =>
  `<code class="path">${escapeHtml(`${method} ${path}`).replaceAll(/(?<=[^ ])\//g, '<wbr>/')}</code>`

/** Terms and what is said of them, side by side; one below the other where there is no room. */
export const rowsHtml = (rows: readonly (readonly [term: string, text: string])[]): string =>
  `<dl>${rows.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('')}</dl>`

export const jsonHtml = (value: unknown): string => `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`
