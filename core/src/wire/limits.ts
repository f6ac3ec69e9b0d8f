/** Largest NXML source, UTF-8 bytes (NXML specification 2.3). */
export const MAX_NXML_BYTES = 500_000
/** Largest JSON body of an API request, bytes, unless an operator has set another number. */
export const MAX_BODY_BYTES = 2_000_000
/** Largest single Yjs update accepted from an editor or produced by a patch, bytes. */
export const MAX_UPDATE_BYTES = 4_000_000
/** Largest WebSocket frame, bytes. Above the largest document, or a client that resyncs would loop on 1009. */
export const MAX_FRAME_BYTES = 32_000_000
/** Deepest nesting of panel state and of request bodies. */
export const MAX_JSON_DEPTH = 32
/** Most operations in one JSON Patch, unless an operator has set another number. */
export const MAX_PATCH_OPERATIONS = 1_000
/** More than this no operator can allow. */
export const PATCH_OPERATIONS_CEILING = 10_000
/** Panels that one batch may change. */
export const MAX_BATCH_PANELS = 50
/** Largest panel state as JSON text, UTF-16 code units, unless an operator has set another number. */
export const MAX_STATE_CHARS = 4_000_000
/** More than this no operator can allow; one patch never writes more. */
export const STATE_CHARS_CEILING = 16_000_000
/** Longest triggerSource, characters. */
export const MAX_TRIGGER_SOURCE_CHARS = 200
