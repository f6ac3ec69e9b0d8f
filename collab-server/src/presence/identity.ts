import { isJsonObject, type JsonObject } from '@nexus/core'

/** The part of a caller that others see. */
export interface PresenceIdentity {
  readonly userId: string
  /** '' when it is not known. */
  readonly name: string
}

const userOf = (state: JsonObject | undefined): JsonObject | null =>
  state !== undefined && isJsonObject(state.user) ? state.user : null

/** The user a presence state shows; `null` when it shows none. */
export function shownUserId(state: JsonObject | undefined): string | null {
  const id = userOf(state)?.id
  return typeof id === 'string' ? id : null
}

/**
 * Holds a presence state to who its sender is. Clients made for servers without accounts show a name and no id.
 *
 * @returns The state as it may be shown (with the id and the name the sender signed in under), or `null` when it shows
 *   somebody else.
 */
export function toTrueState(state: JsonObject, identity: PresenceIdentity): JsonObject | null {
  if (state.user === undefined || state.user === null) return state
  const user = userOf(state)
  if (user === null || (user.id !== undefined && user.id !== identity.userId)) return null
  const isTrueName = identity.name === '' || user.name === undefined || user.name === identity.name
  if (isTrueName && user.id === identity.userId) return state
  return { ...state, user: { ...user, id: identity.userId, ...(isTrueName ? {} : { name: identity.name }) } }
}
