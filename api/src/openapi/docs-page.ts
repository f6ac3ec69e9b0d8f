import { OPERATIONS, type OpenApiDocument } from './openapi-document.ts'
import { type Answer, type Named, type Operation, TAGS } from './operation.ts'
import { SOCKETS, type SocketDescription } from './sockets.ts'

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
code{font-family:ui-monospace,monospace}details{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.5rem 0}
summary{cursor:pointer;overflow-wrap:anywhere}summary code{font-weight:600}table{border-collapse:collapse;width:100%}
td{padding:.25rem .75rem .25rem 0;vertical-align:top;overflow-wrap:anywhere}h2{margin-top:2.5rem}pre{overflow:auto;font-size:.875rem}`

/** The API for people to read: one page, without scripts or anything from elsewhere. */
export function createDocsPage({ components }: OpenApiDocument): {
  readonly html: string
  readonly style: string
} {
  const sections = Object.entries(TAGS).map(([tag, description]) => {
    const operations = OPERATIONS.filter((operation) => operation.tag === tag)
    return `<h2>${tag}</h2><p>${toHtml(description)}</p>${operations.map(operationHtml).join('')}`
  })
  const schemas = Object.entries(components.schemas)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => {
      const text = toHtml(JSON.stringify(schema, null, 2).replaceAll('`', "'"))
      return `<details id="schema-${name}"><summary><code>${name}</code></summary><pre>${text}</pre></details>`
    })
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Nexus API</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><h1>Nexus API</h1>
<p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1, with every schema). Requests carry
<code>Authorization: Bearer</code> and an access token; every answer from 400 on is a problem document with a stable <code>code</code>.</p>
${sections.join('')}<h2>WebSockets</h2>${SOCKETS.map(socketHtml).join('')}<h2>Schemas</h2>${schemas.join('')}</body></html>`
  return { html, style: STYLE }
}

function operationHtml(operation: Operation): string {
  const { id, method, path, summary, query, headers = [], body = {}, answers, errors } = operation
  const rows = [
    ...(query === undefined ? [] : [['Query', Object.keys(query.shape).map(code).join(', ')]]),
    ...(headers.length === 0 ? [] : [['Headers', headers.map(code).join(', ')]]),
    ...Object.entries(body).map(([type, named]) => ['Body', `${code(type)} ${nameHtml(named)}`]),
    ...Object.entries(answers).map(([status, answer]) => [status, answerHtml(answer)]),
    ...(errors.length === 0 ? [] : [['Errors', errors.map(code).join(', ')]]),
  ]
  const table = rows.map(([name, text]) => `<tr><td>${name}</td><td>${text}</td></tr>`).join('')
  return `<details id="${id}"><summary><code>${method.toUpperCase()} ${toHtml(path)}</code> ${toHtml(summary)}</summary><table>${table}</table></details>`
}

function socketHtml({ path, summary, description, says, hears, closeCodes }: SocketDescription): string {
  const rows = [
    ['Client says', nameHtml(says)],
    ['Server says', nameHtml(hears)],
    ...Object.entries(closeCodes).map(([status, meaning]) => [`Closed with ${status}`, toHtml(meaning)]),
  ]
  const table = rows.map(([name, text]) => `<tr><td>${name}</td><td>${text}</td></tr>`).join('')
  return `<details><summary><code>WS ${toHtml(path)}</code> ${toHtml(summary)}</summary><p>${toHtml(description)}</p><table>${table}</table></details>`
}

function answerHtml({ description, body }: Answer): string {
  if (body === undefined) return toHtml(description)
  if ('mediaType' in body) return `${toHtml(description)} ${code(body.mediaType)}`
  return `${toHtml(description)} ${'listOf' in body ? `list of ${nameHtml(body.listOf)}` : nameHtml(body)}`
}

const nameHtml = ({ name }: Named): string => `<a href="#schema-${name}">${name}</a>`

const code = (text: string): string => `<code>${toHtml(text)}</code>`

/** What is between backticks is code. */
const toHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/`([^`]*)`/g, '<code>$1</code>')
