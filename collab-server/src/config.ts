import { limits } from '@nexus/core'
import { integerOption, type OptionsOf, PUBLIC_OPTIONS, processOptions } from '@nexus/core/server'

const count = (fallback: number, doc: string) => integerOption({ min: 1, max: 10_000_000 }, { doc, fallback })
const bytes = (fallback: number, doc: string) =>
  integerOption({ min: 1_000, max: 2_000_000_000 }, { doc: `${doc}, bytes`, fallback })
const ms = (fallback: number, doc: string, max = 86_400_000) =>
  integerOption({ min: 1, max }, { doc: `${doc}, ms`, fallback })

/** A ping is left out while the last message is younger than 0.3 of this: 1.3 of it must stay below the clients' 30 s. */
const MAX_PING_INTERVAL_MS = 22_000
/** Everybody renews at least every 15 s and is forgotten after 30 s: what is held back comes before, with time for the way. */
const MAX_PRESENCE_RENEWAL_MS = 12_000

/** Every setting of the collaboration server; all have a fallback. */
export const COLLAB_OPTIONS = {
  ...PUBLIC_OPTIONS,
  COLLAB_MAX_SOCKETS: count(20_000, 'Open sockets of this process'),
  COLLAB_MAX_SOCKETS_PER_ADDRESS: count(1_000, 'Open sockets of one peer address'),
  COLLAB_MAX_SOCKETS_PER_USER: count(100, 'Open sockets of one user'),
  COLLAB_MAX_CONNECTIONS_PER_DOCUMENT: count(2_000, 'Connections of this process to one document'),
  COLLAB_MAX_DOCUMENTS_PER_SOCKET: count(2_000, 'Documents open on one socket'),
  COLLAB_MESSAGES_PER_SECOND: count(500, 'Messages one socket may send in the long run, each second'),
  COLLAB_MESSAGE_BURST: count(10_000, 'Messages one socket may send at once before it is slowed down'),
  COLLAB_MAX_FRAME_BYTES: bytes(limits.MAX_FRAME_BYTES, 'Largest WebSocket message'),
  COLLAB_MAX_UPDATE_BYTES: bytes(limits.MAX_UPDATE_BYTES, 'Largest single edit'),
  COLLAB_MAX_DOCUMENT_BYTES: bytes(16_000_000, 'Largest document; beyond it only deletions are taken'),
  COLLAB_MAX_UNSAVED_BYTES: bytes(
    64_000_000,
    'Edits waiting for PostgreSQL above which sockets are not read any more',
  ),
  COLLAB_MAX_UNSAVED_BYTES_PER_SOCKET: bytes(
    2_000_000,
    'Edits of one socket waiting for PostgreSQL above which it is not read any more',
  ),
  COLLAB_DROP_AWARENESS_BYTES: bytes(1_000_000, 'Backlog of a socket above which presence is left out'),
  COLLAB_MAX_BACKLOG_BYTES: bytes(8_000_000, 'Backlog of a socket above which it is closed'),
  COLLAB_SIGN_IN_TIMEOUT_MS: ms(10_000, 'Time for the first sign-in on a new socket'),
  COLLAB_LOAD_TIMEOUT_MS: ms(5_000, 'Time to try reading a document before its sockets are sent away'),
  COLLAB_PING_INTERVAL_MS: ms(
    20_000,
    'Pace of pings, 22000 at most; clients give up after 30 s without a message',
    MAX_PING_INTERVAL_MS,
  ),
  COLLAB_ACCESS_CACHE_MS: ms(5_000, 'How long an answer about rights is used again'),
  COLLAB_ACCESS_CHECK_MS: ms(30_000, 'Pace of asking again whether open connections are still allowed'),
  COLLAB_ACCESS_CHECK_ALONE_MS: ms(1_500, 'The same while notices from other processes are surely lost'),
  COLLAB_REAUTH_LEAD_MS: ms(30_000, 'How long before a token ends the client is asked for a new one'),
  COLLAB_REAUTH_GRACE_MS: ms(5_000, 'How long after a token has ended its socket is closed'),
  COLLAB_PRESENCE_DELAY_MS: ms(50, 'Presence of a document is sent to other processes at most this often'),
  COLLAB_PRESENCE_RENEWAL_MS: ms(
    8_000,
    'Presence said again unchanged is passed on at most this often, 12000 at most; it is forgotten after 30 s',
    MAX_PRESENCE_RENEWAL_MS,
  ),
  COLLAB_PRESENCE_HEARTBEAT_MS: ms(2_000, 'Pace of telling other processes that this one lives'),
  COLLAB_PRESENCE_SILENCE_MS: ms(6_000, 'The people of a process not heard for this long are removed'),
  COLLAB_HEAD_POLL_MS: ms(2_000, 'Pace of comparing open documents with the log, for lost messages'),
  COLLAB_HEAD_POLL_ALONE_MS: ms(1_000, 'The same while messages from other processes are surely lost'),
  COLLAB_DRAIN_SPREAD_MS: ms(
    2_000,
    'Time over which clients are let go when the process stops, so that they do not all come to the next one at once',
  ),
  COLLAB_DRAIN_TIMEOUT_MS: ms(8_000, 'Time for unsaved edits to reach the log when the process stops'),
}

export type CollabOptions = OptionsOf<typeof COLLAB_OPTIONS>

/** What the collaboration server reads from the environment when it is a process of its own. */
export const COLLAB_PROCESS_OPTIONS = {
  ...COLLAB_OPTIONS,
  ...processOptions({ port: 4002, drainTimeoutMs: 10_000 }),
}
