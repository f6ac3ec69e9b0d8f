import { stateMessage, stateSocketRequest } from '@nexus/core/http-contract'
import type { Named } from './operation.ts'

/** A WebSocket: OpenAPI has no words for one, so it stands in an extension, with schemas like any body. */
export interface SocketDescription {
  readonly path: string
  readonly summary: string
  readonly description: string
  /** What a client says, and the server; each message is one text frame of JSON. */
  readonly says: Named
  readonly hears: Named
  readonly closeCodes: Readonly<Record<string, string>>
}

export const SOCKETS: readonly SocketDescription[] = [
  {
    path: '/ws/state/{workspaceId}',
    summary: 'The states of a workspace’s panels as they change',
    description:
      'The access token, or an API key with the scope `read`, goes into `Authorization` or into `?token=`. After `subscribe` comes a `state_sync` with the whole state, or, with `fromVersion`, what came after that version; then a `state_update` for every version. Applied to the state at `previousVersion`, its `patch` gives what `GET` answers at `version`. Who is too slow, or was away too long, gets a `state_sync` in their place. An `error` with a `panelId` ends that subscription. Refused before it is open: 401, 403, 404 or 429.',
    says: { name: 'StateSocketRequest', schema: stateSocketRequest },
    hears: { name: 'StateMessage', schema: stateMessage },
    closeCodes: {
      '1009': 'A message is too large.',
      '1012': 'The server restarts; come back after a random pause.',
      '4401': 'The token has ended, or the session or key it is of; come back with another.',
      '4429': 'Too many messages; come back after a pause.',
    },
  },
]
