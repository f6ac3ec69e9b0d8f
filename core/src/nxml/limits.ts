/** Limits of a panel's definition (NXML specification 8.3). */
export const MAX_SOURCE_BYTES = 500_000
export const MAX_STATES = 200
export const MAX_TOOLS = 100
export const MAX_ARGS = 20
export const MAX_EXTENSIONS = 20
export const MAX_VIEW_NODES = 2_000
export const MAX_ELEMENT_DEPTH = 32

/** Steps of all computed values of a panel together, each time they are derived; one of them has 100,000 (5.5). */
export const MAX_COMPUTED_STEPS = 300_000

/** Own time of a handler without `timeoutMs`, in ms. */
export const DEFAULT_TIMEOUT_MS = 5_000
export const MIN_TIMEOUT_MS = 100
export const MAX_TIMEOUT_MS = 30_000
