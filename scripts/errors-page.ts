import { ERRORS } from '@nexus/core'

/** `docs/errors.md`: every error code, from the one table. */
export function renderErrorsPage(): string {
  const rows = Object.entries(ERRORS)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { status, closeCode, retry, title }]) =>
        `| \`${code}\` | ${status} | ${closeCode ?? ''} | ${retry ? 'yes' : 'no'} | ${title} |`,
    )
  return `# Errors

Every answer with a status ≥ 400 is \`application/problem+json\` (RFC 9457): \`{type, title, status, code, detail,
requestId, …}\`. \`code\` is stable. Sockets that end because of an error are closed with the code in the third column.
A request that fails has changed nothing. "Again" says whether the same request may succeed later.

<!-- Written by \`npm run docs\` from core/src/model/errors.ts. -->

| code | status | close code | again | what it means |
|---|---|---|---|---|
${rows.join('\n')}
`
}
