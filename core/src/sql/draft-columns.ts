import type { UpdateDraft } from '../ports/update-log.ts'

/**
 * Updates column by column, for `unnest`. All arrays have the same length and order.
 *
 * The bytes of all updates go as one parameter, cut up again in the statement by `starts` (from 1) and `lengths`: `pg` sends one
 * `bytea` as it is, while an array of them is written out in hexadecimal, quoted, and read again (a megabyte: 32 ms, not 15).
 */
export function draftColumns(drafts: readonly UpdateDraft[]) {
  const lengths = drafts.map(({ update }) => update.length)
  let next = 1
  const starts = lengths.map((length) => {
    const start = next
    next += length
    return start
  })
  return {
    bytes: concatenate(drafts),
    starts,
    lengths,
    userIds: drafts.map((draft) => draft.userId),
    triggeredBy: drafts.map((draft) => draft.triggeredBy),
    triggerSources: drafts.map((draft) => draft.triggerSource),
    changeTypes: drafts.map((draft) => draft.changeType),
    clientSessions: drafts.map((draft) => draft.clientSession),
  }
}

function concatenate(drafts: readonly UpdateDraft[]): Uint8Array {
  const [first, second] = drafts
  if (first !== undefined && second === undefined) return first.update
  return Buffer.concat(drafts.map(({ update }) => update))
}
