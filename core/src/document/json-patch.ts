import type { Json } from '../model/json.ts'

/** One operation of RFC 6902, or our own `increment` (adds to a number or counter). Pointers are RFC 6901. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }
  | { readonly op: 'increment'; readonly path: string; readonly value: number }
