import { jsonHtml, pathHtml, rowsHtml, textHtml } from './docs-html.ts'
import { operationHtml } from './docs-operation.ts'
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.ts'
import type { OpenApiDocument } from './openapi-document.ts'
import { type Named, TAGS } from './operation.ts'
import { SOCKETS, type SocketDescription } from './sockets.ts'

/** Words are broken only where a line has no room for one alone. */
const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;overflow-wrap:break-word}
code{font-family:ui-monospace,monospace;font-size:.9375em;white-space:nowrap}code.long,code.path{white-space:normal}
details{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.5rem 0}
summary{cursor:pointer}summary code{font-weight:600}h2{margin-top:2.5rem}h3{font-size:1rem;margin:1rem 0 .25rem}p{margin:.25rem 0}
small{opacity:.75}small code{font-size:1em}dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.375rem 1rem;margin:.25rem 0}dd{margin:0}
pre{overflow:auto;font-size:.875rem;margin:.25rem 0 .5rem;padding:.5rem .75rem;border-radius:.25rem;background:color-mix(in srgb,currentColor 7%,transparent)}
@media(max-width:40rem){dl{display:block}dt{margin-top:.5rem}dd{padding-left:.75rem}}`

/** The API for people to read: one page, without scripts or anything from elsewhere. */
export function createDocsPage({ info, paths, components }: OpenApiDocument): {
  readonly html: string
  readonly style: string
} {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  const sections = Object.entries(TAGS).map(([tag, description]) => {
    const ofTag = operations.filter(({ operation }) => operation.tags.includes(tag))
    return `<h2>${tag}</h2><p>${textHtml(description)}</p>${ofTag.map(operationHtml).join('')}`
  })
  const schemas = Object.entries(components.schemas)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      // The name stands inside, so that a link to it unfolds it.
      ([name, schema]) =>
        `<details><summary><code>${name}</code></summary><div id="schema-${name}">${jsonHtml(schema)}</div></details>`,
    )
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Nexus API</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><h1>Nexus API</h1>
<p>${textHtml(info.description)}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1, with every schema). Requests carry
<code>Authorization: Bearer</code> and an access token. No body counts as an empty object.</p>
${sections.join('')}<h2>WebSockets</h2>${SOCKETS.map(socketHtml).join('')}
<h2>Headers</h2>${headersHtml()}<h2>Schemas</h2>${schemas.join('')}</body></html>`
  return { html, style: STYLE }
}

function socketHtml({ path, summary, description, says, hears, closeCodes }: SocketDescription): string {
  const rows: [string, string][] = [
    ['Client says', nameHtml(says)],
    ['Server says', nameHtml(hears)],
    ...Object.entries(closeCodes).map(([status, meaning]): [string, string] => [
      `Closed with ${status}`,
      textHtml(meaning),
    ]),
  ]
  return `<details><summary>${pathHtml('WS', path)} ${textHtml(summary)}</summary><p>${textHtml(description)}</p>${rowsHtml(rows)}</details>`
}

function headersHtml(): string {
  const tables = {
    'Of requests': REQUEST_HEADERS,
    'Of answers (the first two: of every one)': RESPONSE_HEADERS,
  }
  return Object.entries(tables)
    .map(([title, headers]) => {
      const rows = Object.entries(headers).map(([name, { description }]): [string, string] => [
        `<code>${name}</code>`,
        textHtml(description),
      ])
      return `<h3>${title}</h3>${rowsHtml(rows)}`
    })
    .join('')
}

const nameHtml = ({ name }: Named): string => `<a href="#schema-${name}">${name}</a>`
