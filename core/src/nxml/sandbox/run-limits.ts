/** Limits of one run of a handler (NXML specification 8.2). Times in ms, sizes in bytes unless the name says more. */
export const MAX_MEMORY_BYTES = 32 * 1024 * 1024
/** About 1,100 calls. More than this, and the host's own stack may run out before the engine's. */
export const MAX_STACK_BYTES = 192 * 1024
export const MAX_EXTENSION_WAIT_MS = 30_000
export const MAX_API_CALLS = 10_000
export const MAX_EVENTS = 100
export const MAX_VIEW_COMMANDS = 100
export const MAX_LOG_ENTRIES = 1_000
export const MAX_EVENT_CHARACTERS = 16_384
export const MAX_LOG_CHARACTERS = 4_096
/** Longest message and stack text that leaves the engine. */
export const MAX_MESSAGE_CHARACTERS = 1_000

/** Limits of a panel's state (8.3). */
export const MAX_STATE_CHARACTERS = 2 * 1024 * 1024
export const MAX_LIST_LENGTH = 10_000
export const MAX_TEXT_LENGTH = 1_000_000
export const MAX_KEY_LENGTH = 128
