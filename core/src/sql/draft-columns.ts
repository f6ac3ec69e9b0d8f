import type { UpdateDraft } from '../ports/update-log.ts'

/** Updates column by column, for `unnest`. All arrays have the same length and order. */
export const draftColumns = (drafts: readonly UpdateDraft[]) => ({
  updates: drafts.map((draft) => draft.update),
  userIds: drafts.map((draft) => draft.userId),
  triggeredBy: drafts.map((draft) => draft.triggeredBy),
  triggerSources: drafts.map((draft) => draft.triggerSource),
  changeTypes: drafts.map((draft) => draft.changeType),
  clientSessions: drafts.map((draft) => draft.clientSession),
})
