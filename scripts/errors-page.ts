import { CLIENT_ERRORS } from '@nexus/client'
import { ERROR_FIELDS, ERRORS } from '@nexus/core'

/** `docs/errors.md`: every error code and every extra field, from the tables in the code. */
export function renderErrorsPage(): string {
  const codes = Object.entries(ERRORS)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { status, closeCode, retry, title }]) =>
        `| \`${code}\` | ${status} | ${closeCode ?? ''} | ${retry ? 'yes' : 'no'} | ${title} |`,
    )
  const fields = Object.entries(ERROR_FIELDS).map(
    ([field, { codes, text }]) =>
      `| \`${field}\` | ${codes === 'any' ? 'any, of a batch' : codes.map((code) => `\`${code}\``).join(', ')} | ${text} |`,
  )
  const ofClient = Object.entries(CLIENT_ERRORS).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  return `# Errors

Every answer with a status ≥ 400 is \`application/problem+json\` (RFC 9457): \`{type, title, status, code, detail,
requestId, …}\`. \`code\` is stable, \`detail\` is a sentence for people, \`requestId\` names the request in the log.
Sockets that end because of an error are closed with the code in the third column.
A request that fails has changed nothing, but that after \`unavailable\` and \`internal\` a write may have been saved: the same
request under the same \`Idempotency-Key\` finds out. "Again" says whether the same request may succeed later.

<!-- Written by \`npm run docs\` from core/src/model/errors.ts and client/src/api-error.ts. -->

| code | status | close code | again | what it means |
|---|---|---|---|---|
${codes.join('\n')}

## More fields

There where they say something; the codes are those that may have them.

| field | with | what it says |
|---|---|---|
${fields.join('\n')}

On \`/ws/state/{workspaceId}\` an error is a message \`{"type":"error","code","message"}\`: with \`panelId\` when the subscription of
that panel is over, with \`pointer\` when a field of the client's own message is wrong. On \`…/events\` it is the event \`state_error\`.

## Codes of the client

Given by \`@nexus/client\` itself, in the \`code\` of an \`ApiError\`, where no answer of the server tells one. The first two have the
status 0.

| code | what it means |
|---|---|
${ofClient.join('\n')}
`
}
